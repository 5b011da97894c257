// A message cut into frames.
import type { Peer } from "../peer/peer.ts";
import { Opcode } from "../wire/opcode.ts";

/** The frames of one message whose fragments have these sizes; `rsv` goes on the first. */
export function fragments(
  peer: Peer,
  opcode: number,
  payload: Uint8Array,
  sizes: readonly number[],
  rsv = 0,
): Buffer[] {
  let at = 0;
  return sizes.map((size, i) => {
    const part = payload.subarray(at, at + size);
    at += size;
    return peer.frame({
      opcode: i === 0 ? opcode : Opcode.continuation,
      fin: i === sizes.length - 1,
      rsv: i === 0 ? rsv : 0,
      payload: part,
    });
  });
}

/** Sizes that cut `length` into pieces of `size`, at least one. */
export function evenly(length: number, size: number): number[] {
  const sizes = Array<number>(Math.floor(length / size)).fill(size);
  return length % size > 0 || sizes.length === 0 ? [...sizes, length % size] : sizes;
}
