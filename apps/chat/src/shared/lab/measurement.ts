// What is measured and what comes of it: the terms that the page, both runners and the echo share, each checked where it
// arrives from the other side.
import * as v from "valibot";
import { LAB_LIMITS } from "./lab-limits.ts";

const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const duration = v.pipe(v.number(), v.finite(), v.minValue(0));
/** The least and the most of all rounds. */
const range = v.strictObject({ min: count, max: count });

export const planSchema = v.pipe(
  v.strictObject({
    bytes: v.pipe(count, v.minValue(1), v.maxValue(LAB_LIMITS.maxPayloadBytes)),
    kind: v.picklist(["text", "binary"]),
    /** 0 leaves it to whoever sends. */
    fragmentBytes: v.pipe(count, v.maxValue(LAB_LIMITS.maxPayloadBytes)),
    compress: v.boolean(),
    rounds: v.pipe(count, v.minValue(1), v.maxValue(LAB_LIMITS.maxRounds)),
  }),
  v.check((plan) => planProblem(plan) === undefined, "The plan is beyond what the lab takes"),
);

/** One payload, sent round and round. */
export interface MeasurementPlan {
  /** Of payload; text is measured in UTF-8. */
  readonly bytes: number;
  readonly kind: "text" | "binary";
  /** The size of the fragments; 0 leaves it to whoever sends. */
  readonly fragmentBytes: number;
  readonly compress: boolean;
  readonly rounds: number;
}

/** Why the lab will not do this, as a sentence; undefined when it will. */
export function planProblem({ bytes, fragmentBytes, rounds }: MeasurementPlan): string | undefined {
  const { maxPayloadBytes, minFragmentBytes, maxFragments, maxRounds, maxRunBytes } = LAB_LIMITS;
  if (!isWhole(bytes, 1, maxPayloadBytes)) return `The size is from 1 to ${maxPayloadBytes} bytes.`;
  if (!isWhole(rounds, 1, maxRounds)) return `A payload goes round 1 to ${maxRounds} times.`;
  if (bytes * rounds > maxRunBytes) {
    return `One measurement moves ${maxRunBytes / 2 ** 20} MiB: at this size that is ${Math.floor(maxRunBytes / bytes)} rounds.`;
  }
  if (fragmentBytes === 0) return undefined;
  const least = Math.max(minFragmentBytes, Math.ceil(bytes / maxFragments));
  if (!isWhole(fragmentBytes, least, maxPayloadBytes)) {
    return `Fragments of this payload are from ${least} to ${maxPayloadBytes} bytes.`;
  }
  return undefined;
}

function isWhole(value: number, min: number, max: number): boolean {
  return Number.isInteger(value) && value >= min && value <= max;
}

/** What the echo saw of one message and its reply, in data frames and in bytes on the wire. */
export const reportSchema = v.strictObject({
  framesReceived: count,
  framesSent: count,
  wireBytesReceived: count,
  wireBytesSent: count,
  isCompressed: v.boolean(),
});
export type EchoReport = v.InferOutput<typeof reportSchema>;

export const measurementSchema = v.strictObject({
  roundTripsMs: v.array(duration),
  /** From the runner to the echo, and back; both counted by the echo. */
  framesOut: range,
  framesBack: range,
  wireBytesOut: range,
  wireBytesBack: range,
  /** Whether the reply came compressed. */
  isCompressed: v.boolean(),
  /** In hex; undefined where the browser offers no SHA-256, and bytes were compared instead. */
  sha256: v.optional(v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/))),
  isEqual: v.boolean(),
});
export type Measurement = v.InferOutput<typeof measurementSchema>;
