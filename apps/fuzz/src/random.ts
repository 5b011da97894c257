// Random numbers that a seed repeats exactly (the small fast counting generator of PractRand, 32 bits). Everything a
// case is made of comes from here and nowhere else: the same seed, target and index make the same case.

export class Random {
  #a: number;
  #b: number;
  #c: number;
  #counter = 1;

  /** @param words whatever tells one stream of numbers from another: a seed, a name, an index */
  constructor(...words: readonly (string | number)[]) {
    this.#a = 0x9e3779b9;
    this.#b = 0x243f6a88;
    this.#c = 0xb7e15162;
    for (const word of words) this.#absorb(String(word));
    for (let i = 0; i < 12; i++) this.uint32();
  }

  uint32(): number {
    const result = (this.#a + this.#b + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + result) | 0;
    return result >>> 0;
  }

  /** A whole number from 0 to `limit - 1`; 0 where there is none. */
  below(limit: number): number {
    return limit <= 1 ? 0 : Math.floor((this.uint32() / 0x1_0000_0000) * limit);
  }

  /** A whole number from `low` to `high`, both included. */
  between(low: number, high: number): number {
    return low + this.below(high - low + 1);
  }

  /** True once in so many times. */
  oneIn(times: number): boolean {
    return this.below(times) === 0;
  }

  pick<Item>(items: readonly Item[]): Item {
    return items[this.below(items.length)] as Item;
  }

  bytes(length: number): Uint8Array {
    const bytes = new Uint8Array(length);
    for (let i = 0; i < length; i++) bytes[i] = this.uint32();
    return bytes;
  }

  #absorb(word: string): void {
    for (let i = 0; i < word.length; i++) {
      this.#a = Math.imul(this.#a ^ word.charCodeAt(i), 0x01000193);
      this.uint32();
    }
    // So that ("ab", "c") and ("a", "bc") differ.
    this.#b ^= word.length;
    this.uint32();
  }
}
