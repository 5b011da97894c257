// One zlib stream that is written to and read from by turns: nothing is written while there is something to read, so it
// never holds more than one input and one chunk of output. zlib works in a thread meanwhile. Knows nothing of messages.
import { createInflateRaw, type InflateRaw } from "node:zlib";
import { DecompressError } from "./decompress-error.ts";

/** The most that zlib makes at a time. Larger is not faster; smaller goes to the thread and back more often. */
const CHUNK_BYTES = 64 * 1024;

export class InflateStream {
  readonly #zlib: InflateRaw;
  #isIdle = true;
  #error: Error | undefined;
  #wake: () => void = () => {};

  /** @param dictionary what the data may refer back to; copied */
  constructor(windowBits: number, dictionary: Uint8Array | undefined) {
    this.#zlib = createInflateRaw({
      windowBits,
      chunkSize: CHUNK_BYTES,
      // One chunk is enough: zlib stops after each, and makes the next one when it is taken.
      ...{ readableHighWaterMark: 1 },
      ...(dictionary !== undefined && { dictionary }),
    });
    this.#zlib.on("readable", () => this.#wake());
    this.#zlib.on("end", () => this.#settle());
    this.#zlib.on("error", (error) => this.#settle(error));
  }

  /** How many of the bytes written it has used: fewer than all where the data ended before them. */
  get consumedBytes(): number {
    return this.#zlib.bytesWritten;
  }

  /** To be called when everything was read of what was written before. The bytes must stay as they are until then. */
  write(bytes: Uint8Array): void {
    this.#isIdle = false;
    this.#zlib.write(bytes, (error) => this.#settle(error ?? undefined));
  }

  /** The same for the last bytes: data that does not end with them is an error. */
  end(bytes: Uint8Array): void {
    this.#isIdle = false;
    this.#zlib.end(bytes);
  }

  /**
   * More of what the bytes written become; `undefined` where there is no more.
   *
   * @throws DecompressError for data that is not DEFLATE
   */
  async read(): Promise<Uint8Array | undefined> {
    for (;;) {
      if (this.#error !== undefined) {
        const options = { cause: this.#error };
        throw new DecompressError("INVALID_COMPRESSED_DATA", "its data is not DEFLATE data", options);
      }
      const bytes = this.#zlib.read() as Buffer | null;
      if (bytes !== null) return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
      if (this.#isIdle) return undefined;
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  /** Gives back what zlib holds outside of the heap. */
  close(): void {
    this.#zlib.close();
  }

  #settle(error?: Error): void {
    this.#error ??= error;
    this.#isIdle = true;
    this.#wake();
  }
}
