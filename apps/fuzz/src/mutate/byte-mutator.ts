// Faults that know nothing of what the bytes mean.
import { concat } from "../bytes.ts";
import type { Random } from "../random.ts";

const INTERESTING = [
  0x00, 0x01, 0x7d, 0x7e, 0x7f, 0x80, 0x81, 0x82, 0x88, 0x89, 0xfe, 0xff, 0x0a, 0x0d, 0x20,
];

export function mutateBytes(bytes: Uint8Array, random: Random): Uint8Array {
  if (bytes.length === 0) return random.bytes(random.below(4));
  const at = random.below(random.oneIn(2) ? Math.min(32, bytes.length) : bytes.length);
  const end = Math.min(bytes.length, at + random.between(1, 16));
  const before = bytes.subarray(0, at);
  switch (random.below(8)) {
    case 0:
      return replace(bytes, at, bytes[at]! ^ (1 << random.below(8)));
    case 1:
      return replace(bytes, at, random.below(256));
    case 2:
      return replace(bytes, at, random.pick(INTERESTING));
    case 3:
      return concat([before, bytes.subarray(end)]);
    case 4:
      return concat([bytes.subarray(0, end), bytes.subarray(at)]);
    case 5:
      return concat([before, random.bytes(random.between(1, 12)), bytes.subarray(at)]);
    case 6:
      return bytes.slice(0, at);
    default:
      return concat([
        before,
        new Uint8Array(random.between(1, 40)).fill(random.pick(INTERESTING)),
        bytes.subarray(at),
      ]);
  }
}

/** The beginning of one and the end of another. */
export function splice(one: Uint8Array, other: Uint8Array, random: Random): Uint8Array {
  return concat([
    one.subarray(0, random.below(one.length + 1)),
    other.subarray(random.below(other.length + 1)),
  ]);
}

function replace(bytes: Uint8Array, at: number, byte: number): Uint8Array {
  const mutant = Uint8Array.from(bytes);
  mutant[at] = byte;
  return mutant;
}
