// Faults that know what a DEFLATE stream is: final blocks, stored blocks, bombs, blocks cut in two.
import { constants, deflateRawSync } from "node:zlib";
import { concat } from "../bytes.ts";
import type { Random } from "../random.ts";
import { mutateBytes } from "./byte-mutator.ts";

const EMPTY_FIXED_FINAL = Uint8Array.of(0x03, 0x00);
const EMPTY_STORED = Uint8Array.of(0x00, 0x00, 0x00, 0xff, 0xff);
const EMPTY_STORED_FINAL = Uint8Array.of(0x01, 0x00, 0x00, 0xff, 0xff);

export function corruptDeflate(data: Uint8Array, random: Random): Uint8Array {
  const at = random.below(data.length + 1);
  switch (random.below(10)) {
    case 0:
      return concat([data, EMPTY_FIXED_FINAL]);
    case 1:
      return concat([data, EMPTY_STORED_FINAL, random.oneIn(2) ? data : new Uint8Array(0)]);
    case 2:
      return concat([repeat(EMPTY_FIXED_FINAL, random.between(1, 600)), data]);
    case 3:
      return concat([
        repeat(random.oneIn(2) ? EMPTY_STORED : EMPTY_STORED_FINAL, random.between(1, 600)),
        data,
      ]);
    case 4:
      return bomb(random);
    case 5:
      return concat([bomb(random), data]);
    case 6:
      return data.slice(0, at);
    case 7:
      // A match that reaches back before the beginning: fixed codes, length 3, distance 1 and more.
      return concat([Uint8Array.of(0x03 & random.below(256), random.below(256), random.below(256)), data]);
    case 8:
      return concat([data.subarray(0, at), Uint8Array.of(random.below(8)), random.bytes(random.below(6))]);
    default:
      return mutateBytes(data, random);
  }
}

/** Few bytes that become many; a final block at its end or not. */
function bomb(random: Random): Uint8Array {
  const size = random.pick([5000, 65_536, 300_000, random.oneIn(10) ? 8_000_000 : 100_000]);
  const zeros = new Uint8Array(size);
  const deflated = random.oneIn(3)
    ? deflateRawSync(zeros)
    : deflateRawSync(zeros, { finishFlush: constants.Z_SYNC_FLUSH }).subarray(0, -4);
  return new Uint8Array(deflated);
}

function repeat(piece: Uint8Array, times: number): Uint8Array {
  return concat(Array.from({ length: times }, () => piece));
}
