// Many small pieces become one write. Those who are sent the same pieces in the same order, as members of a room are, are
// given the same bytes: joined by the first of them, found again by all others.
import { allocateForTransport } from "./platform.ts";

/** So much is joined at the most: more is worth a write of its own. */
const JOINED_BYTES = 64 * 1024;

let lastParts: readonly Uint8Array[] = [];
let lastJoined: readonly Uint8Array[] = [];

/** The pieces with the small ones among them joined to their neighbours. @param smallBytes from here on one is large */
export function joinShared(parts: readonly Uint8Array[], smallBytes: number): readonly Uint8Array[] {
  if (areSame(parts, lastParts)) return lastJoined;
  const joined: Uint8Array[] = [];
  for (let from = 0; from < parts.length;) {
    let to = from;
    let length = 0;
    while (
      to < parts.length &&
      parts[to]!.length <= smallBytes &&
      length + parts[to]!.length <= JOINED_BYTES
    ) {
      length += parts[to++]!.length;
    }
    if (to - from < 2) {
      joined.push(parts[from++]!);
    } else {
      joined.push(concat(parts, from, to, length));
      from = to;
    }
  }
  // What is remembered is kept alive, with all the memory that it is part of: no more than one write's worth.
  if (memoryBehind(parts) <= JOINED_BYTES) {
    lastParts = parts;
    lastJoined = joined;
  }
  return joined;
}

function concat(parts: readonly Uint8Array[], from: number, to: number, length: number): Uint8Array {
  const joined = allocateForTransport(length);
  let at = 0;
  for (let i = from; i < to; i++) {
    joined.set(parts[i]!, at);
    at += parts[i]!.length;
  }
  return joined;
}

function memoryBehind(parts: readonly Uint8Array[]): number {
  let bytes = 0;
  for (const { buffer } of parts) bytes += buffer.byteLength;
  return bytes;
}

function areSame(one: readonly Uint8Array[], other: readonly Uint8Array[]): boolean {
  if (one.length !== other.length) return false;
  for (let i = 0; i < one.length; i++) if (one[i] !== other[i]) return false;
  return true;
}
