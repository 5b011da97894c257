// DEFLATE blocks written by hand, for streams that no library would write: chosen types, BFINAL, distances, damage.

/** Bits, least significant first. */
export class BlockWriter {
  readonly #bytes: number[] = [];
  #bits = 0;
  #count = 0;

  /** The payload of a message: an empty stored block without its last four octets ends it (RFC 7692 §7.2.1). */
  message(): Buffer {
    this.#put(0, 3).#align();
    return this.bytes();
  }

  /** Everything so far, padded with zero bits. */
  bytes(): Buffer {
    this.#align();
    return Buffer.from(this.#bytes);
  }

  stored(
    data: Uint8Array,
    { final = false, claimed = data.length }: { final?: boolean; claimed?: number } = {},
  ): this {
    this.#put(final ? 1 : 0, 3).#align();
    this.#bytes.push(claimed & 0xff, claimed >> 8, ~claimed & 0xff, (~claimed >> 8) & 0xff);
    for (const octet of data) this.#bytes.push(octet);
    return this;
  }

  /** A block of fixed codes: literals, and matches as `[distance, length]` with a length of 3 to 10. */
  fixed(parts: readonly (Uint8Array | readonly [distance: number, length: number])[], final = false): this {
    this.#put((final ? 1 : 0) | 2, 3);
    for (const part of parts) {
      if (part instanceof Uint8Array) for (const octet of part) this.#literal(octet);
      else this.#match(...part);
    }
    this.#code(0, 7);
    if (final) this.#align();
    return this;
  }

  /** The block type that RFC 1951 §3.2.3 calls "reserved (error)". */
  reserved(): this {
    return this.#put(6, 3);
  }

  #literal(octet: number): void {
    if (octet < 144) this.#code(0x30 + octet, 8);
    else this.#code(0x190 + octet - 144, 9);
  }

  #match(distance: number, length: number): void {
    this.#code(length - 2, 7);
    const extra = distance < 3 ? 0 : Math.max(0, 30 - Math.clz32(distance - 1));
    const slot = distance < 3 ? distance - 1 : 2 * extra + ((distance - 1) >> extra);
    this.#code(slot, 5);
    this.#put((distance - 1) & ((1 << extra) - 1), extra);
  }

  /** A Huffman code goes most significant bit first. */
  #code(code: number, bits: number): void {
    for (let bit = bits - 1; bit >= 0; bit--) this.#put((code >> bit) & 1, 1);
  }

  #put(value: number, bits: number): this {
    this.#bits |= value << this.#count;
    this.#count += bits;
    for (; this.#count >= 8; this.#count -= 8, this.#bits >>>= 8) this.#bytes.push(this.#bits & 0xff);
    return this;
  }

  #align(): this {
    return this.#count === 0 ? this : this.#put(0, 8 - this.#count);
  }
}
