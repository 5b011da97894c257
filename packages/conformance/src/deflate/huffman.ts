// Huffman tables of RFC 1951 §3.2: canonical codes built from their lengths, read bit by bit.
import type { BitReader } from "./bit-reader.ts";

export class HuffmanTable {
  /** `counts[n]`: how many codes have n bits. */
  readonly #counts = new Uint16Array(16);
  /** Symbols ordered by code. */
  readonly #symbols: Uint16Array;

  constructor(lengths: Uint8Array) {
    for (const length of lengths) this.#counts[length] = (this.#counts[length] as number) + 1;
    this.#counts[0] = 0;
    const offsets = new Uint16Array(16);
    let left = 1;
    for (let bits = 1; bits < 16; bits++) {
      left = left * 2 - (this.#counts[bits] as number);
      if (left < 0) throw new RangeError("an over-subscribed Huffman code");
      if (bits < 15) offsets[bits + 1] = (offsets[bits] as number) + (this.#counts[bits] as number);
    }
    this.#symbols = new Uint16Array(lengths.length);
    for (let symbol = 0; symbol < lengths.length; symbol++) {
      const length = lengths[symbol] as number;
      if (length === 0) continue;
      const at = offsets[length] as number;
      this.#symbols[at] = symbol;
      offsets[length] = at + 1;
    }
  }

  next(reader: BitReader): number {
    let code = 0;
    let first = 0;
    let index = 0;
    for (let bits = 1; bits < 16; bits++) {
      code |= reader.take(1);
      const count = this.#counts[bits] as number;
      if (code - first < count) return this.#symbols[index + code - first] as number;
      index += count;
      first = (first + count) << 1;
      code <<= 1;
    }
    throw new RangeError("a Huffman code that does not exist");
  }
}

const fixedLengths = new Uint8Array(288).fill(8).fill(9, 144, 256).fill(7, 256, 280);

export const fixedLiterals: HuffmanTable = new HuffmanTable(fixedLengths);
export const fixedDistances: HuffmanTable = new HuffmanTable(new Uint8Array(30).fill(5));

const codeOrder = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

/** RFC 1951 §3.2.7. */
export function readDynamicTables(reader: BitReader): [literals: HuffmanTable, distances: HuffmanTable] {
  const literals = reader.take(5) + 257;
  const distances = reader.take(5) + 1;
  const codes = reader.take(4) + 4;
  const codeLengths = new Uint8Array(19);
  for (let i = 0; i < codes; i++) codeLengths[codeOrder[i] as number] = reader.take(3);
  const table = new HuffmanTable(codeLengths);

  const lengths = new Uint8Array(literals + distances);
  for (let i = 0; i < lengths.length;) {
    const symbol = table.next(reader);
    if (symbol < 16) {
      lengths[i++] = symbol;
      continue;
    }
    if (symbol === 16 && i === 0) throw new RangeError("a repeated code length with nothing to repeat");
    const value = symbol === 16 ? (lengths[i - 1] as number) : 0;
    const repeat =
      symbol === 16 ? 3 + reader.take(2) : symbol === 17 ? 3 + reader.take(3) : 11 + reader.take(7);
    if (i + repeat > lengths.length) throw new RangeError("code lengths repeated past their end");
    lengths.fill(value, i, i + repeat);
    i += repeat;
  }
  return [new HuffmanTable(lengths.subarray(0, literals)), new HuffmanTable(lengths.subarray(literals))];
}
