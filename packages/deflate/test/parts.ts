// Messages in parts: how they are cut, and put together again.
import { DecompressError, type DecompressFailure, type MessageDeflate } from "@ws/deflate";
import fc from "fast-check";
import { concat } from "./messages.ts";

/** Where to cut: fractions of the length. */
export const cuts: fc.Arbitrary<readonly number[]> = fc.array(
  fc.oneof(fc.double({ min: 0, max: 1, noNaN: true }), fc.constantFrom(0, 1)),
  { maxLength: 6 },
);

/** The bytes cut there; some parts may be empty. Always copies, as what a socket delivers has a place of its own. */
export function cut(bytes: Uint8Array, at: readonly number[]): Uint8Array[] {
  const ends = [...at.map((fraction) => Math.round(fraction * bytes.length)), bytes.length];
  ends.sort((a, b) => a - b);
  return ends.map((end, i) => bytes.slice(ends[i - 1] ?? 0, end));
}

/** The bytes in parts of so many. */
export function slices(bytes: Uint8Array, size: number): Uint8Array[] {
  return Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) =>
    bytes.slice(i * size, (i + 1) * size),
  );
}

/** The payloads of the fragments that a message is sent in. */
export function compressParts(deflate: MessageDeflate, parts: readonly Uint8Array[]): Uint8Array[] {
  return parts.map((part, i) => deflate.compressPart(part, i === parts.length - 1));
}

/** All that it yields in one, or why it failed. */
export async function collect(chunks: AsyncIterable<Uint8Array>): Promise<Uint8Array | DecompressFailure> {
  const all: Uint8Array[] = [];
  try {
    for await (const chunk of chunks) all.push(chunk);
  } catch (error) {
    if (error instanceof DecompressError) return error.code;
    throw error;
  }
  return concat(all);
}
