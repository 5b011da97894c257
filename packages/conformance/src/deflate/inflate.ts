// An inflater of our own, because zlib's cannot be asked how far back a match reached: inside one output buffer
// it follows any distance, whatever window it was given. This one measures.
import { BitReader } from "./bit-reader.ts";
import { fixedDistances, fixedLiterals, type HuffmanTable, readDynamicTables } from "./huffman.ts";

export interface Inflated {
  readonly output: Buffer;
  /** The longest distance of any match. */
  readonly maxDistance: number;
  /** Types of the blocks in order: 0 stored, 1 fixed, 2 dynamic. */
  readonly blocks: readonly { readonly type: number; readonly final: boolean }[];
}

const lengthBase = [
  3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195,
  227, 258,
];
const lengthExtra = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0];
const distanceBase = [
  1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097,
  6145, 8193, 12_289, 16_385, 24_577,
];
const distanceExtra = [
  0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13,
];

/**
 * Inflates one message: RFC 7692 §7.2.2, "Append 4 octets of 0x00 0x00 0xff 0xff to the tail end of the payload".
 * `history` is what earlier messages left in the window. Throws `RangeError` on a stream that is not one.
 */
export function inflateMessage(
  payload: Uint8Array,
  history: Uint8Array,
  maxBytes: number = 2 ** 30,
): Inflated {
  const reader = new BitReader(Buffer.concat([payload, Buffer.from([0, 0, 0xff, 0xff])]));
  const sink = new Sink(history, maxBytes);
  const blocks: { type: number; final: boolean }[] = [];
  do {
    const final = reader.take(1) === 1;
    const type = reader.take(2);
    blocks.push({ type, final });
    let length = -1;
    if (type === 0) length = stored(reader, sink);
    else if (type === 1) compressed(reader, sink, fixedLiterals, fixedDistances);
    else if (type === 2) compressed(reader, sink, ...readDynamicTables(reader));
    else throw new RangeError("a block of the reserved type 3");
    // RFC 7692 §7.2.1: a BFINAL block that "doesn't end at a byte boundary" is padded with zero bits.
    if (final && !reader.align()) throw new RangeError("the padding after a final block is not zero");
    // The four octets must have been the end of an empty stored block, not contents of a block that was cut off.
    if (reader.exhausted && length !== 0) throw new RangeError("the stream ends inside a block");
  } while (!reader.exhausted);
  return { output: sink.output(), maxDistance: sink.maxDistance, blocks };
}

function stored(reader: BitReader, sink: Sink): number {
  reader.align();
  const [a, b, c, d] = reader.octets(4) as unknown as [number, number, number, number];
  const length = a | (b << 8);
  if ((length ^ (c | (d << 8))) !== 0xffff) throw new RangeError("a stored block whose lengths contradict");
  sink.append(reader.octets(length));
  return length;
}

function compressed(reader: BitReader, sink: Sink, literals: HuffmanTable, distances: HuffmanTable): void {
  for (;;) {
    const symbol = literals.next(reader);
    if (symbol < 256) sink.literal(symbol);
    else if (symbol === 256) return;
    else {
      const length = (lengthBase[symbol - 257] ?? never()) + reader.take(lengthExtra[symbol - 257] as number);
      const slot = distances.next(reader);
      sink.copy((distanceBase[slot] ?? never()) + reader.take(distanceExtra[slot] as number), length);
    }
  }
}

function never(): never {
  throw new RangeError("a length or distance code that does not exist");
}

/** The output behind its history, growing. */
class Sink {
  readonly #start: number;
  readonly #maxBytes: number;
  #bytes: Buffer;
  #length: number;
  maxDistance = 0;

  constructor(history: Uint8Array, maxBytes: number) {
    this.#bytes = Buffer.allocUnsafe(history.length + 4096);
    this.#bytes.set(history);
    this.#start = this.#length = history.length;
    this.#maxBytes = maxBytes;
  }

  output(): Buffer {
    return Buffer.from(this.#bytes.subarray(this.#start, this.#length));
  }

  literal(octet: number): void {
    this.#reserve(1);
    this.#bytes[this.#length++] = octet;
  }

  append(bytes: Uint8Array): void {
    this.#reserve(bytes.length);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  copy(distance: number, length: number): void {
    if (distance > this.#length)
      throw new RangeError(`a match ${distance} bytes back, ${this.#length} are known`);
    if (distance > this.maxDistance) this.maxDistance = distance;
    this.#reserve(length);
    const bytes = this.#bytes;
    for (let i = 0; i < length; i++, this.#length++)
      bytes[this.#length] = bytes[this.#length - distance] as number;
  }

  #reserve(count: number): void {
    const wanted = this.#length + count;
    if (wanted - this.#start > this.#maxBytes) throw new RangeError(`more than ${this.#maxBytes} bytes`);
    if (wanted <= this.#bytes.length) return;
    const grown = Buffer.allocUnsafe(Math.max(wanted, this.#bytes.length * 2));
    this.#bytes.copy(grown, 0, 0, this.#length);
    this.#bytes = grown;
  }
}
