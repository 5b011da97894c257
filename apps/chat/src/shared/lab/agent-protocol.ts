// What the page and the lab's agent on the server say to each other: one order at a time, answered by progress and then a
// result or a refusal. Each side checks what the other sends.
import * as v from "valibot";
import { LAB_LIMITS } from "./lab-limits.ts";
import { type Measurement, type MeasurementPlan, measurementSchema, planSchema } from "./measurement.ts";
import { type Transcript, transcriptSchema } from "./transcript.ts";

export type AgentOrder =
  | { readonly type: "measure"; readonly plan: MeasurementPlan }
  /** Sends bytes, in hex, behind a handshake of its own. */
  | { readonly type: "craft"; readonly compress: boolean; readonly bytes: string }
  | { readonly type: "cancel" };

export type AgentAnswer =
  /** The first word: whoever hears it is let in. */
  | { readonly type: "ready" }
  /** From 0 to 1. */
  | { readonly type: "progress"; readonly fraction: number }
  | { readonly type: "measured"; readonly measurement: Measurement }
  | { readonly type: "crafted"; readonly transcript: Transcript }
  /** With `retryAfterMs` the same order is worth another try then. */
  | { readonly type: "failed"; readonly reason: string; readonly retryAfterMs?: number };

const orderSchema: v.GenericSchema<unknown, AgentOrder> = v.variant("type", [
  v.strictObject({ type: v.literal("measure"), plan: planSchema }),
  v.strictObject({
    type: v.literal("craft"),
    compress: v.boolean(),
    bytes: v.pipe(v.string(), v.maxLength(2 * LAB_LIMITS.maxCraftedBytes), v.regex(/^(?:[0-9a-f]{2})+$/)),
  }),
  v.strictObject({ type: v.literal("cancel") }),
]);

const answerSchema: v.GenericSchema<unknown, AgentAnswer> = v.variant("type", [
  v.strictObject({ type: v.literal("ready") }),
  v.strictObject({
    type: v.literal("progress"),
    fraction: v.pipe(v.number(), v.minValue(0), v.maxValue(1)),
  }),
  v.strictObject({ type: v.literal("measured"), measurement: measurementSchema }),
  v.strictObject({ type: v.literal("crafted"), transcript: transcriptSchema }),
  v.strictObject({
    type: v.literal("failed"),
    reason: v.string(),
    retryAfterMs: v.exactOptional(v.pipe(v.number(), v.safeInteger(), v.minValue(0))),
  }),
]);

/** undefined for what is none. */
export function readOrder(message: string | Uint8Array): AgentOrder | undefined {
  return typeof message === "string" ? read(orderSchema, message) : undefined;
}

/** undefined for what is none. */
export function readAnswer(message: unknown): AgentAnswer | undefined {
  return typeof message === "string" ? read(answerSchema, message) : undefined;
}

function read<Value>(schema: v.GenericSchema<unknown, Value>, message: string): Value | undefined {
  let value: unknown;
  try {
    value = JSON.parse(message);
  } catch {
    return undefined;
  }
  const result = v.safeParse(schema, value);
  return result.success ? result.output : undefined;
}
