// Ways to feed a decoder, and to read everything it has.
import { type Frame, type FrameDecoder, isLastPart, unmaskPart } from "@ws/frame";
import { expect } from "vitest";
import { concat, toHex } from "./wire.ts";

/** One frame, its parts put together; the payload in hexadecimal, which compares fast and reads well. */
export interface WholeFrame extends Pick<Frame, "fin" | "rsv" | "opcode" | "masked" | "maskKey"> {
  readonly payload: string;
}

/** Frames as they come and what `partial` is then. */
export const MODES: readonly [string, boolean][] = [
  ["whole frames", false],
  ["frames in parts", true],
];

/** Every way of cutting the bytes that must make no difference; the copies are the decoder's to write to. */
export const DELIVERIES: Readonly<Record<string, (bytes: Uint8Array) => Uint8Array[]>> = {
  "at once": (bytes) => [bytes.slice()],
  // Past the first thousands every byte is like the one before.
  "byte by byte": (bytes) => [
    ...inPieces(bytes.subarray(0, 2000), 1),
    ...inPieces(bytes.subarray(2000, -20), 499),
    ...inPieces(bytes.subarray(2000).subarray(-20), 1),
  ],
  "three bytes at a time": (bytes) => [
    ...inPieces(bytes.subarray(0, 2001), 3),
    ...inPieces(bytes.subarray(2001), 3001),
  ],
  "with empty chunks between": (bytes) =>
    inPieces(bytes, 1000).flatMap((piece) => [new Uint8Array(0), piece]),
  "as views of a larger buffer": (bytes) => {
    const larger = new Uint8Array(bytes.length + 9);
    larger.set(bytes, 5);
    return [larger.subarray(5, 5 + bytes.length)];
  },
};

export function inPieces(bytes: Uint8Array, size: number): Uint8Array[] {
  const pieces: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += size) pieces.push(bytes.slice(at, at + size));
  return pieces;
}

/** All objects that the decoder has by now, behind those that it had before. */
export function pull(decoder: FrameDecoder, frames: Frame[] = []): Frame[] {
  for (let frame = decoder.next(); frame !== undefined; frame = decoder.next()) {
    unmaskPart(frame);
    frames.push(frame);
  }
  return frames;
}

/** Pushes chunk by chunk, pulling after each, or only in the end. */
export function feed(decoder: FrameDecoder, chunks: Iterable<Uint8Array>, pullsAtOnce = true): Frame[] {
  const frames: Frame[] = [];
  for (const chunk of chunks) {
    decoder.push(chunk);
    if (pullsAtOnce) pull(decoder, frames);
  }
  return pull(decoder, frames);
}

/** Puts the parts of frames together; they must follow each other without a gap and agree on their header. */
export function joinParts(parts: readonly Frame[]): WholeFrame[] {
  const frames: WholeFrame[] = [];
  let pending: Frame[] = [];
  let arrived = 0;
  for (const part of parts) {
    if (part.payloadOffset !== arrived) expect(part.payloadOffset).toBe(arrived);
    pending.push(part);
    arrived += part.payload.length;
    if (!isLastPart(part)) continue;
    const { fin, rsv, opcode, masked, maskKey, payloadLength } = pending[0]!;
    const same = pending.every(
      (other) =>
        other.fin === fin &&
        other.rsv === rsv &&
        other.opcode === opcode &&
        other.masked === masked &&
        other.maskKey === maskKey &&
        other.payloadLength === payloadLength,
    );
    expect(same, "all parts carry the same header").toBe(true);
    frames.push({
      fin,
      rsv,
      opcode,
      masked,
      maskKey,
      payload: toHex(concat(pending.map((each) => each.payload))),
    });
    pending = [];
    arrived = 0;
  }
  expect(pending, "no frame is left unfinished").toEqual([]);
  return frames;
}
