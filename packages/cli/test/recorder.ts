// All that a stream said, and waiting for it to say something.
import { PassThrough } from "node:stream";

export class Recorder {
  readonly stream: PassThrough = new PassThrough();
  readonly #chunks: Buffer[] = [];
  readonly #looks = new Set<() => void>();
  #hasEnded = false;

  constructor() {
    this.stream.on("data", (chunk: Buffer) => {
      this.#chunks.push(chunk);
      for (const look of this.#looks) look();
    });
    this.stream.on("end", () => {
      this.#hasEnded = true;
      for (const look of this.#looks) look();
    });
  }

  get bytes(): Buffer {
    return Buffer.concat(this.#chunks);
  }

  get text(): string {
    return this.bytes.toString();
  }

  /** Resolves with where this stands in the text, at or behind `from`; rejects where it will not any more. */
  until(wanted: string, from = 0): Promise<number> {
    return new Promise((resolve, reject) => {
      const look = (): void => {
        const at = this.text.indexOf(wanted, from);
        if (at === -1 && !this.#hasEnded) return;
        this.#looks.delete(look);
        if (at !== -1) resolve(at);
        else reject(new Error(`${JSON.stringify(wanted)} never came, but ${JSON.stringify(this.text)}`));
      };
      this.#looks.add(look);
      look();
    });
  }
}
