// The assertion: these frames and no others. Throws what every test runner shows with a difference: node's AssertionError.
import { deepStrictEqual } from "node:assert/strict";
import { describeFrame } from "./describe-frames.ts";
import { type ReadFrame, readFrames } from "./read-frames.ts";

/** A frame in short (see {@link describeFrame}), or what of it matters. */
export type ExpectedFrame =
  | string
  | (Partial<Omit<ReadFrame, "payload">> & { readonly payload?: string | Uint8Array });

/**
 * Compares frames with what they should be.
 *
 * @param actual frames, or the bytes that they are read from
 * @param expected in short, or as an object of which only what is given counts; a payload that is a string stands for its UTF-8
 * @throws AssertionError where there are others, more or fewer
 *
 * @example
 * ```ts
 * expectFrames(bytes, ["text hello", { opcode: RawOpcode.ping, masked: true }, "close 1000"]);
 * ```
 */
export function expectFrames(
  actual: Uint8Array | readonly ReadFrame[],
  expected: readonly ExpectedFrame[],
): void {
  const frames = actual instanceof Uint8Array ? readFrames(actual) : actual;
  deepStrictEqual(
    frames.map((frame, i) => asAskedFor(frame, expected[i])),
    expected.map((one) => (typeof one === "string" ? one : withBytes(one))),
  );
}

/** As much of a frame as is asked about; all that there is to say where nothing is. */
function asAskedFor(frame: ReadFrame, expected: ExpectedFrame | undefined): unknown {
  if (expected === undefined || typeof expected === "string") return describeFrame(frame);
  const names = Object.keys(expected) as (keyof ReadFrame)[];
  return Object.fromEntries(
    names.map((name) => [name, name === "payload" ? hex(frame.payload) : frame[name]]),
  );
}

function withBytes(expected: Exclude<ExpectedFrame, string>): unknown {
  const { payload } = expected;
  if (payload === undefined) return { ...expected };
  return { ...expected, payload: hex(typeof payload === "string" ? Buffer.from(payload, "utf8") : payload) };
}

/** Bytes as text, which a difference shows better than numbers. */
function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex");
}
