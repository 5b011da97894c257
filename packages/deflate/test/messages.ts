// Messages to compress, and who compresses them.
import { type Agreement, type DeflateOptions, MessageDeflate, resolveDeflateOptions } from "@ws/deflate";
import fc from "fast-check";
import { expect } from "vitest";

export const ROLES = ["client", "server"] as const;
export type Role = (typeof ROLES)[number];
export const WINDOW_BITS = [8, 9, 10, 11, 12, 13, 14, 15] as const;

/** An agreement that says the same of both directions. */
export function agreement(windowBits: number, noContextTakeover: boolean): Agreement {
  return {
    serverMaxWindowBits: windowBits,
    clientMaxWindowBits: windowBits,
    serverNoContextTakeover: noContextTakeover,
    clientNoContextTakeover: noContextTakeover,
  };
}

/** One side of a connection, which compresses whatever gets smaller. */
export function side(
  role: Role,
  windowBits = 15,
  noContextTakeover = false,
  options: DeflateOptions = {},
): MessageDeflate {
  return new MessageDeflate(
    role,
    agreement(windowBits, noContextTakeover),
    resolveDeflateOptions(role, { thresholdBytes: 0, ...options }),
  );
}

export function concat(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Buffer.concat(parts));
}

/** Expects what was received to be these bytes: quicker than a deep comparison where there are many. */
export function expectSame(received: Uint8Array | string, message: Uint8Array): void {
  if (typeof received === "string" || Buffer.compare(received, message) !== 0) {
    expect(received).toEqual(message);
  }
}

/** Bytes that look random, the same for the same seed. */
export function noise(length: number, seed = 1): Uint8Array {
  let state = (seed * 2_654_435_761) >>> 0 || 1;
  const bytes = new Uint8Array(length);
  for (let i = 0; i < length; i++) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    bytes[i] = state;
  }
  return bytes;
}

/** Text that resembles itself, near and far. */
export function prose(length: number, seed = 1): Uint8Array {
  const words = [
    "state",
    "colour",
    "joined",
    "the room",
    '{"id":',
    '"at":17000',
    "}, {",
    "lorem",
    "hello",
    "😀",
  ];
  let text = "";
  for (const byte of noise(Math.ceil(length / 4), seed)) {
    text += `${words[byte % words.length]} ${byte % 7 === 0 ? byte : ""}`;
  }
  return new TextEncoder().encode(text).slice(0, length);
}

/** Messages of one direction, in which later ones repeat what was in earlier ones, up to further back than a window. */
export function sequences(windowBits: number, maxLength = 8): fc.Arbitrary<Uint8Array[]> {
  const size = 2 ** windowBits;
  const lengths = fc.oneof(
    fc.nat({ max: 300 }),
    fc.nat({ max: 2 * size + 300 }),
    fc.constantFrom(0, 1, Math.max(0, size - 262), size - 1, size, size + 1, size / 4, size / 4 + 1),
  );
  const kind = fc.constantFrom("prose", "prose", "noise", "repeat", "repeat", "zeros");
  return fc
    .array(fc.tuple(kind, lengths, fc.nat({ max: 3 }), fc.nat({ max: size + 100 })), { maxLength })
    .map((plans) => {
      let all = new Uint8Array(0);
      return plans.map(([what, length, seed, back]) => {
        const message = what === "repeat" ? repeat(all, back, length) : make(what, length, seed);
        all = concat([all, message]);
        return message;
      });
    });
}

function make(kind: "prose" | "noise" | "zeros", length: number, seed: number): Uint8Array {
  if (kind === "zeros") return new Uint8Array(length);
  return kind === "prose" ? prose(length, seed) : noise(length, seed);
}

/** What was sent so many bytes ago, once more. */
function repeat(all: Uint8Array, back: number, length: number): Uint8Array {
  return all.slice(Math.max(0, all.length - back)).slice(0, length);
}
