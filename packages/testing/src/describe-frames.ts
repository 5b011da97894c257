// Frames in short, for tests that people read.
import { RawOpcode } from "./raw-opcode.ts";
import { type ReadFrame, readFrames } from "./read-frames.ts";

const NAMES: Readonly<Record<number, string>> = {
  [RawOpcode.continuation]: "more",
  [RawOpcode.text]: "text",
  [RawOpcode.binary]: "binary",
  [RawOpcode.close]: "close",
  [RawOpcode.ping]: "ping",
  [RawOpcode.pong]: "pong",
};

/**
 * A frame in short: its kind and payload, as `text hello`, `text… hel` where it is not the last of its message, `more lo`,
 * `ping`, `close 1000 bye`. An opcode without a meaning is its number.
 */
export function describeFrame({ fin, opcode, payload }: ReadFrame): string {
  const start = `${NAMES[opcode] ?? opcode}${fin ? "" : "…"}`;
  if (opcode !== RawOpcode.close || payload.length < 2) return `${start} ${utf8(payload)}`.trimEnd();
  const code = (payload[0]! << 8) | payload[1]!;
  return `${start} ${code} ${utf8(payload.subarray(2))}`.trimEnd();
}

/**
 * The frames that the bytes consist of, in short.
 *
 * @throws Error where they end inside a frame
 */
export function describeFrames(bytes: Uint8Array): string[] {
  return readFrames(bytes).map((frame) => describeFrame(frame));
}

function utf8(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("utf8");
}
