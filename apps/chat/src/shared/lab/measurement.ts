// What is measured and what comes of it: the terms that the page, both runners and the echo share, each checked where it
// arrives from the other side.
import * as v from "valibot";
import { LAB_LIMITS } from "./lab-limits.ts";

const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const duration = v.pipe(v.number(), v.finite(), v.minValue(0));
const range = v.strictObject({ min: count, max: count });

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

export const planSchema: v.GenericSchema<unknown, MeasurementPlan> = v.pipe(
  v.strictObject({
    bytes: v.pipe(count, v.minValue(1), v.maxValue(LAB_LIMITS.maxPayloadBytes)),
    kind: v.picklist(["text", "binary"]),
    fragmentBytes: v.pipe(count, v.maxValue(LAB_LIMITS.maxPayloadBytes)),
    compress: v.boolean(),
    rounds: v.pipe(count, v.minValue(1), v.maxValue(LAB_LIMITS.maxRounds)),
  }),
  v.check((plan) => planProblem(plan) === undefined, "The plan is beyond what the lab takes"),
);

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
export interface EchoReport {
  readonly framesReceived: number;
  readonly framesSent: number;
  readonly wireBytesReceived: number;
  readonly wireBytesSent: number;
  /** Whether the reply was compressed. */
  readonly isCompressed: boolean;
}

export const reportSchema: v.GenericSchema<unknown, EchoReport> = v.strictObject({
  framesReceived: count,
  framesSent: count,
  wireBytesReceived: count,
  wireBytesSent: count,
  isCompressed: v.boolean(),
});

/** The least and the most of all rounds. */
export interface Range {
  readonly min: number;
  readonly max: number;
}

/** What came of a {@link MeasurementPlan}. */
export interface Measurement {
  readonly roundTripsMs: readonly number[];
  /** From the runner to the echo, and back; both counted by the echo. */
  readonly framesOut: Range;
  readonly framesBack: Range;
  readonly wireBytesOut: Range;
  readonly wireBytesBack: Range;
  /** Whether replies came compressed. */
  readonly isCompressed: boolean;
  /** In hex; undefined where the browser offers no SHA-256, and bytes were compared instead. */
  readonly sha256?: string;
  readonly isEqual: boolean;
}

export const measurementSchema: v.GenericSchema<unknown, Measurement> = v.strictObject({
  roundTripsMs: v.array(duration),
  framesOut: range,
  framesBack: range,
  wireBytesOut: range,
  wireBytesBack: range,
  isCompressed: v.boolean(),
  sha256: v.exactOptional(v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/))),
  isEqual: v.boolean(),
});
