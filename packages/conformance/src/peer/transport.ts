// A byte stream to the endpoint under test, pulled: bytes wait here until a case asks for them, and the ways a
// stream can end are answers like any other. Nothing in here throws because of what the other side does.
import type { Duplex } from "node:stream";

export type Read =
  | { readonly kind: "data"; readonly bytes: Buffer }
  /** The other side finished sending (FIN). */
  | { readonly kind: "end" }
  /** The stream broke (RST, TLS failure). */
  | { readonly kind: "reset"; readonly reason: string }
  /** Nothing came in time. */
  | { readonly kind: "quiet" };

export class Transport {
  readonly #stream: Duplex;
  readonly #queue: Buffer[] = [];
  #ending: Read | undefined;
  #wake: (() => void) | undefined;

  constructor(stream: Duplex) {
    this.#stream = stream;
    stream.on("data", (chunk: Buffer) => {
      this.#queue.push(chunk);
      this.#wake?.();
    });
    stream.on("end", () => this.#ended({ kind: "end" }));
    stream.on("error", (error: NodeJS.ErrnoException) =>
      this.#ended({ kind: "reset", reason: error.code ?? error.message }),
    );
    stream.on("close", () => this.#ended({ kind: "reset", reason: "closed" }));
  }

  /** The next bytes, in as many pieces as they came, or how the stream ended, for as long as `withinMs`. */
  async read(withinMs: number): Promise<Read> {
    if (this.#queue.length === 0 && this.#ending === undefined && withinMs > 0) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, withinMs);
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
      this.#wake = undefined;
    }
    const bytes = this.#queue.shift();
    return bytes === undefined ? (this.#ending ?? { kind: "quiet" }) : { kind: "data", bytes };
  }

  /** Puts back what was read too far. */
  unread(bytes: Buffer): void {
    if (bytes.length > 0) this.#queue.unshift(bytes);
  }

  /** Resolves when the bytes were handed to the system, or cannot be any more. */
  write(bytes: Uint8Array): Promise<void> {
    return new Promise((resolve) => {
      if (this.#stream.writable) this.#stream.write(bytes, () => resolve());
      else resolve();
    });
  }

  /** Writes piece by piece, each of them on its way before the next, so that they arrive as segments of their own. */
  async writeInChops(bytes: Uint8Array, size: number): Promise<void> {
    for (let at = 0; at < bytes.length && this.#stream.writable; at += size) {
      await this.write(bytes.subarray(at, at + size));
      await new Promise(setImmediate);
    }
  }

  /** Finishes our direction (FIN). */
  end(): void {
    if (this.#stream.writable) this.#stream.end();
  }

  destroy(): void {
    this.#stream.destroy();
  }

  #ended(ending: Read): void {
    this.#ending ??= ending;
    this.#wake?.();
  }
}
