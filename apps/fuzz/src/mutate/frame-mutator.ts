// Faults in sessions that know what a frame is. Each changes a little, so that what comes behind it is still reached.
import { type FrameModel, TEXT } from "../generate/frame-model.ts";
import type { Random } from "../random.ts";
import { corruptDeflate } from "./deflate-mutator.ts";
import { mutateBytes } from "./byte-mutator.ts";

const LENGTHS: readonly bigint[] = [
  0n,
  1n,
  125n,
  126n,
  127n,
  128n,
  255n,
  256n,
  32_767n,
  65_535n,
  65_536n,
  65_537n,
  1n << 20n,
  (1n << 20n) + 1n,
  1n << 24n,
  (1n << 31n) - 1n,
  1n << 31n,
  (1n << 32n) - 1n,
  1n << 32n,
  (1n << 32n) + 5n,
  (1n << 53n) - 1n,
  1n << 53n,
  (1n << 63n) - 1n,
  1n << 63n,
  (1n << 64n) - 1n,
];

type FrameFault = (frame: FrameModel, random: Random) => FrameModel;

const FAULTS: readonly FrameFault[] = [
  (frame) => ({ ...frame, fin: !frame.fin }),
  (frame, random) => ({ ...frame, rsv: frame.rsv ^ (1 << random.below(3)) }),
  (frame, random) => ({ ...frame, opcode: random.below(16) }),
  (frame, random) => ({ ...frame, opcode: random.pick([0, 1, 2, 8, 9, 10]) }),
  (frame, random) => ({ ...frame, key: frame.key === undefined ? random.uint32() | 0 : undefined }),
  (frame, random) => ({ ...frame, announced: random.pick(LENGTHS) }),
  (frame, random) => ({ ...frame, announced: random.pick(LENGTHS), lengthBits: random.pick([7, 16, 64]) }),
  (frame, random) => ({ ...frame, lengthBits: random.pick([16, 64]) }),
  (frame, random) => ({
    ...frame,
    announced: BigInt(Math.max(0, frame.payload.length + random.between(-2, 2))),
  }),
  (frame, random) => ({ ...frame, payload: mutateBytes(frame.payload, random) }),
  (frame, random) => ({ ...frame, payload: frame.payload.slice(0, random.below(frame.payload.length)) }),
  (frame, random) => ({ ...frame, payload: random.bytes(random.below(130)) }),
  (frame, random) => ({ ...frame, payload: invalidUtf8(random), opcode: TEXT }),
  (frame, random) => ({ ...frame, payload: invalidClose(random), opcode: 8, fin: true, rsv: 0 }),
  (frame, random) => ({ ...frame, payload: corruptDeflate(frame.payload, random) }),
  (frame, random) => ({ ...frame, payload: corruptDeflate(frame.payload, random), rsv: 4 }),
];

export function mutateFrames(frames: readonly FrameModel[], random: Random): FrameModel[] {
  const mutant = [...frames];
  const at = random.below(mutant.length);
  const frame = mutant[at];
  if (frame === undefined) return mutant;
  switch (random.below(12)) {
    case 0:
      mutant.splice(at, random.between(1, 3));
      return mutant;
    case 1: {
      const repeated = Array.from({ length: random.oneIn(5) ? random.between(1, 300) : 1 }, () => frame);
      mutant.splice(at, 0, ...repeated);
      return mutant;
    }
    case 2: {
      const other = random.below(mutant.length);
      mutant[at] = mutant[other]!;
      mutant[other] = frame;
      return mutant;
    }
    case 3: {
      // A flood of nothing.
      const empty = { ...frame, fin: false, opcode: 0, rsv: 0, payload: new Uint8Array(0) };
      mutant.splice(at + 1, 0, ...Array.from({ length: random.between(1, 400) }, () => empty));
      return mutant;
    }
    default:
      mutant[at] = random.pick(FAULTS)(frame, random);
      return mutant;
  }
}

function invalidUtf8(random: Random): Uint8Array {
  const bad = random.pick([
    [0x80],
    [0xc0, 0x80],
    [0xc1, 0xbf],
    [0xe0, 0x9f, 0xbf],
    [0xed, 0xa0, 0x80],
    [0xed, 0xbf, 0xbf],
    [0xf0, 0x8f, 0xbf, 0xbf],
    [0xf4, 0x90, 0x80, 0x80],
    [0xf5, 0x80, 0x80, 0x80],
    [0xff],
    [0xfe],
    [0xe2, 0x82],
    [0xf0, 0x9f, 0x98],
    [0xe2, 0x28, 0xa1],
    [0xf8, 0x88, 0x80, 0x80, 0x80],
  ]);
  const before = random.oneIn(2) ? Array.from(Buffer.from("中€é".repeat(random.below(20)), "utf8")) : [];
  const after = random.oneIn(2) ? [0x61] : [];
  return Uint8Array.from([...before, ...bad, ...after]);
}

function invalidClose(random: Random): Uint8Array {
  const code = random.pick([0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65_535, 1000]);
  const reason = random.oneIn(3) ? invalidUtf8(random) : new Uint8Array(0);
  return Uint8Array.of(code >> 8, code & 0xff, ...reason).slice(0, random.oneIn(3) ? 1 : 125);
}
