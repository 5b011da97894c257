// Bits of a DEFLATE stream, least significant first (RFC 1951 §3.1.1).

export class BitReader {
  readonly #bytes: Uint8Array;
  #at = 0;
  #bits = 0;
  #count = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** Nothing is left, not even bits of the last octet. */
  get exhausted(): boolean {
    return this.#count === 0 && this.#at >= this.#bytes.length;
  }

  take(count: number): number {
    while (this.#count < count) {
      if (this.#at >= this.#bytes.length) throw new RangeError("the stream ends inside a block");
      this.#bits |= (this.#bytes[this.#at++] as number) << this.#count;
      this.#count += 8;
    }
    const value = this.#bits & ((1 << count) - 1);
    this.#bits >>>= count;
    this.#count -= count;
    return value;
  }

  /** Drops the bits up to the next octet and tells whether all of them were zero. */
  align(): boolean {
    const left = this.#count & 7;
    return left === 0 || this.take(left) === 0;
  }

  /** Whole octets; only after `align`. */
  octets(count: number): Uint8Array {
    this.#at -= this.#count >> 3;
    this.#bits = 0;
    this.#count = 0;
    if (this.#at + count > this.#bytes.length) throw new RangeError("the stream ends inside a stored block");
    this.#at += count;
    return this.#bytes.subarray(this.#at - count, this.#at);
  }
}
