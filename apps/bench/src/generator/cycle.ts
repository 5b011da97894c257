// Messages that are sent in turns, laid out behind each other once, so that any that follow each other are one slice.

export class Cycle {
  readonly #bytes: Buffer;
  readonly #offsets: number[] = [0];
  readonly #count: number;

  /** @param most how many are taken at once, at most */
  constructor(messages: readonly Uint8Array[], most: number) {
    this.#count = messages.length;
    const parts = Array.from({ length: messages.length + most }, (_, i) => messages[i % messages.length]!);
    for (const part of parts) this.#offsets.push(this.#offsets.at(-1)! + part.length);
    this.#bytes = Buffer.concat(parts);
  }

  /** Messages `from`, `from + 1`, … */
  slice(from: number, count: number): Buffer {
    const first = from % this.#count;
    return this.#bytes.subarray(this.#offsets[first], this.#offsets[first + count]);
  }
}
