// One direction in: DEFLATE data to messages (RFC 7692 §7.2.2), never beyond a limit, however small the data.
import { constants } from "node:buffer";
import { inflateRawSync } from "node:zlib";
import { chunkSize } from "./compressor.ts";
import type { DecompressFailure } from "./decompress-error.ts";
import { type CompressedParts, inflateParts } from "./inflate-parts.ts";
import { allowedFinalBlocks, TAIL } from "./payload.ts";
import { SlidingWindow } from "./sliding-window.ts";

/** How a {@link Decompressor} works: as the peer compresses. */
export interface DecompressorOptions {
  /** 8 to 15. */
  readonly windowBits: number;
  readonly noContextTakeover: boolean;
}

export class Decompressor {
  readonly #windowBits: number;
  readonly #window: SlidingWindow | undefined;
  #isInsideMessage = false;

  constructor({ windowBits, noContextTakeover }: DecompressorOptions) {
    this.#windowBits = windowBits;
    if (!noContextTakeover) this.#window = new SlidingWindow(windowBits);
  }

  /** @param maxBytes zlib stops as soon as the message is larger */
  decompress(data: Uint8Array, maxBytes: number): Uint8Array | DecompressFailure {
    this.#expectWholeWindow();
    const input = new Uint8Array(data.length + TAIL.length);
    input.set(data);
    input.set(TAIL, data.length);

    // Within one message the blocks before a final one can be referred to by those behind it, takeover or not.
    const window = this.#window ?? new SlidingWindow(this.#windowBits);
    let restarts = allowedFinalBlocks(data.length);
    const parts: Uint8Array[] = [];
    let size = 0;
    for (let at = 0; at < input.length;) {
      const inflated = inflate(input.subarray(at), this.#windowBits, window.bytes, maxBytes - size);
      if (typeof inflated === "string") return inflated;
      // RFC 7692 §7.2.3.4 allows final blocks inside a message: there zlib stops, and begins anew behind it.
      at += inflated.consumed;
      const isOnlyPart = parts.length === 0 && at === input.length;
      if (this.#window !== undefined || !isOnlyPart) window.push(inflated.bytes);
      if (isOnlyPart) return inflated.bytes;
      if (at < input.length && --restarts < 0) return "INVALID_COMPRESSED_DATA";
      // A copy: what zlib returns is a view of a chunk that may be 64 KiB for one byte.
      if (inflated.bytes.length > 0) parts.push(inflated.bytes.slice());
      size += inflated.bytes.length;
    }
    return concat(parts, size);
  }

  decompressParts(source: CompressedParts, maxBytes: number): AsyncGenerator<Uint8Array, void, undefined> {
    this.#expectWholeWindow();
    this.#isInsideMessage = true;
    return this.#inflateParts(source, maxBytes);
  }

  async *#inflateParts(
    source: CompressedParts,
    maxBytes: number,
  ): AsyncGenerator<Uint8Array, void, undefined> {
    const window = this.#window ?? new SlidingWindow(this.#windowBits);
    yield* inflateParts(source, this.#windowBits, window, maxBytes);
    this.#isInsideMessage = false;
  }

  /** With a window that lacks something, data would become a message, but not the one that was sent. */
  #expectWholeWindow(): void {
    if (this.#window === undefined || !this.#isInsideMessage) return;
    throw new Error(
      "Cannot decompress message: the one before it, which it may refer to, was not read to its end",
    );
  }
}

interface Inflated {
  readonly bytes: Uint8Array;
  readonly consumed: number;
}

function inflate(
  input: Uint8Array,
  windowBits: number,
  dictionary: Uint8Array | undefined,
  maxBytes: number,
): Inflated | DecompressFailure {
  try {
    const { buffer, engine } = inflateRawSync(input, {
      windowBits,
      // zlib refuses 0, and one byte too many is one too many. It refuses, too, what no buffer can hold.
      maxOutputLength: Math.min(maxBytes + 1, constants.MAX_LENGTH),
      chunkSize: chunkSize(Math.min(input.length * 4, maxBytes + 1)),
      info: true,
      ...(dictionary !== undefined && { dictionary }),
    }) as unknown as { buffer: Uint8Array; engine: { bytesWritten: number } };
    if (buffer.length > maxBytes) return "MESSAGE_TOO_BIG";
    return {
      bytes: new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.length),
      consumed: engine.bytesWritten,
    };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return code === "ERR_BUFFER_TOO_LARGE" ? "MESSAGE_TOO_BIG" : "INVALID_COMPRESSED_DATA";
  }
}

function concat(parts: readonly Uint8Array[], size: number): Uint8Array {
  const whole = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
