// DEFLATE (RFC 1951) a second time, slow and small: what zlib is asked to judge is not judged by zlib alone. Sees what
// inflating does not show: how far back data refers.

const LENGTH_BASE = [
  3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195,
  227, 258,
];
const LENGTH_EXTRA = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0];
const DISTANCE_BASE = [
  1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097,
  6145, 8193, 12289, 16385, 24577,
];
const DISTANCE_EXTRA = [
  0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13,
];
const CODE_LENGTH_ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

/** How many codes there are of each length, and their symbols in order. */
interface Huffman {
  readonly counts: number[];
  readonly symbols: number[];
}

/** What compressed data holds. */
export interface Inspection {
  readonly bytes: Uint8Array;
  /** The largest distance that it refers back. */
  readonly furthest: number;
}

/**
 * Inflates the payload of a compressed message (RFC 7692 §7.2.2).
 *
 * @param history what may be referred to: the messages compressed before
 */
export function inspect(payload: Uint8Array, history: Uint8Array = new Uint8Array(0)): Inspection {
  const input = Uint8Array.of(...payload, 0x00, 0x00, 0xff, 0xff);
  const output: number[] = [...history];
  let furthest = 0;
  let at = 0;
  let hold = 0;
  let held = 0;

  while (at < input.length) {
    const isFinal = take(1) === 1;
    [stored, fixed, dynamic, unknown][take(2)]!();
    // What comes behind a final block begins with an octet (RFC 7692 §7.2.3.4).
    if (isFinal) hold = held = 0;
  }
  return { bytes: Uint8Array.from(output.slice(history.length)), furthest };

  function take(count: number): number {
    for (; held < count; held += 8) {
      if (at === input.length) throw new Error("The data breaks off");
      hold |= input[at++]! << held;
    }
    const bits = hold & ((1 << count) - 1);
    hold >>>= count;
    held -= count;
    return bits;
  }

  function unknown(): void {
    throw new Error("A block is of no known type");
  }

  function stored(): void {
    hold = held = 0;
    const length = take(16);
    if (take(16) !== (~length & 0xffff)) throw new Error("A stored block has a wrong length");
    for (let i = 0; i < length; i++) output.push(take(8));
  }

  function fixed(): void {
    const lengths = Array.from({ length: 288 }, (_, i) => (i < 144 ? 8 : i < 256 ? 9 : i < 280 ? 7 : 8));
    codes(huffman(lengths), huffman(Array.from({ length: 30 }, () => 5)));
  }

  function dynamic(): void {
    const literals = take(5) + 257;
    const distances = take(5) + 1;
    const count = take(4) + 4;
    const codeLengths = Array.from({ length: 19 }, () => 0);
    for (let i = 0; i < count; i++) codeLengths[CODE_LENGTH_ORDER[i]!] = take(3);
    const code = huffman(codeLengths);
    const lengths: number[] = [];
    while (lengths.length < literals + distances) {
      const symbol = decode(code);
      if (symbol < 16) {
        lengths.push(symbol);
        continue;
      }
      const repeated = symbol === 16 ? lengths.at(-1)! : 0;
      const times = symbol === 16 ? 3 + take(2) : symbol === 17 ? 3 + take(3) : 11 + take(7);
      for (let i = 0; i < times; i++) lengths.push(repeated);
    }
    codes(huffman(lengths.slice(0, literals)), huffman(lengths.slice(literals)));
  }

  function codes(literals: Huffman, distances: Huffman): void {
    for (let symbol = decode(literals); symbol !== 256; symbol = decode(literals)) {
      if (symbol < 256) {
        output.push(symbol);
        continue;
      }
      const length = LENGTH_BASE[symbol - 257]! + take(LENGTH_EXTRA[symbol - 257]!);
      const code = decode(distances);
      const distance = DISTANCE_BASE[code]! + take(DISTANCE_EXTRA[code]!);
      if (distance > output.length) throw new Error("The data refers back to before its beginning");
      furthest = Math.max(furthest, distance);
      for (let i = 0; i < length; i++) output.push(output[output.length - distance]!);
    }
  }

  function decode({ counts, symbols }: Huffman): number {
    let code = 0;
    let first = 0;
    let index = 0;
    for (let length = 1; length < 16; length++) {
      code |= take(1);
      const count = counts[length]!;
      if (code - count < first) return symbols[index + code - first]!;
      index += count;
      first = (first + count) << 1;
      code <<= 1;
    }
    throw new Error("There is no such code");
  }
}

function huffman(lengths: readonly number[]): Huffman {
  const counts = Array.from({ length: 16 }, () => 0);
  for (const length of lengths) counts[length]!++;
  counts[0] = 0;
  const symbols = [...lengths.keys()].filter((symbol) => lengths[symbol] !== 0);
  return { counts, symbols: symbols.toSorted((a, b) => lengths[a]! - lengths[b]! || a - b) };
}
