// The bytes that a compressor may refer back to: the last of what went before in this direction (RFC 7692 §7.2). Whoever
// tells them to zlib needs no stream that remembers, at a fraction of the memory: nothing while nothing was sent, and never
// more than the window and a quarter.

export class SlidingWindow {
  readonly #size: number;
  #bytes: Uint8Array = new Uint8Array(0);
  #end = 0;

  /** @param bits the size of the window: 2^bits bytes */
  constructor(bits: number) {
    this.#size = 2 ** bits;
  }

  /** The bytes in reach, the newest last; `undefined` where there are none. A view, valid until the next `push`. */
  get bytes(): Uint8Array | undefined {
    return this.#end === 0 ? undefined : this.#bytes.subarray(Math.max(0, this.#end - this.#size), this.#end);
  }

  push(message: Uint8Array): void {
    const added = message.length > this.#size ? message.subarray(message.length - this.#size) : message;
    if (this.#end + added.length > this.#bytes.length) this.#makeRoom(added.length);
    this.#bytes.set(added, this.#end);
    this.#end += added.length;
  }

  /** Drops what is out of reach; grows as long as everything is in reach. The quarter more makes moving rare. */
  #makeRoom(length: number): void {
    const kept = this.#bytes.subarray(Math.max(0, this.#end + length - this.#size), this.#end);
    const needed = kept.length + length;
    if (needed > this.#bytes.length) {
      const grown = new Uint8Array(Math.min(Math.max(needed, this.#bytes.length * 2), this.#size * 1.25));
      grown.set(kept);
      this.#bytes = grown;
    } else {
      this.#bytes.set(kept);
    }
    this.#end = kept.length;
  }
}
