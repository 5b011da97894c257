// One direction in: DEFLATE data to messages (RFC 7692 §7.2.2), never beyond a limit, however small the data.
import type { DecompressFailure } from "./decompress-error.ts";
import { type CompressedParts, inflateParts } from "./inflate-parts.ts";
import { inflateWhole } from "./inflate-whole.ts";
import { allowedFinalBlocks, TAIL } from "./payload.ts";
import { SlidingWindow } from "./sliding-window.ts";

/** Where data and the octets behind it are put together, in turns, for the length of one call. */
const scratch = new Uint8Array(16 * 1024);

export class Decompressor {
  readonly #windowBits: number;
  readonly #window: SlidingWindow | undefined;
  #isInsideMessage = false;

  /** @param windowBits 8 to 15: as the peer compresses, and whether it forgets each message before the next */
  constructor(windowBits: number, noContextTakeover: boolean) {
    this.#windowBits = windowBits;
    if (!noContextTakeover) this.#window = new SlidingWindow(windowBits);
  }

  /** @param maxBytes zlib stops as soon as the message is larger */
  decompress(data: Uint8Array, maxBytes: number): Uint8Array | DecompressFailure {
    this.#expectWholeWindow();
    const length = data.length + TAIL.length;
    const input = length <= scratch.length ? scratch : new Uint8Array(length);
    input.set(data);
    input.set(TAIL, data.length);

    const inflated = inflateWhole(input, length, this.#windowBits, this.#window?.bytes, maxBytes);
    if (typeof inflated === "string") return inflated;
    const { bytes, consumed } = inflated;
    if (consumed < length) {
      return this.#decompressRest(bytes, input.slice(consumed, length), data.length, maxBytes);
    }
    this.#window?.push(bytes);
    return bytes;
  }

  decompressParts(source: CompressedParts, maxBytes: number): AsyncGenerator<Uint8Array, void, undefined> {
    this.#expectWholeWindow();
    this.#isInsideMessage = true;
    return this.#inflateParts(source, maxBytes);
  }

  /** RFC 7692 §7.2.3.4 allows final blocks inside a message: there zlib stops, and begins anew behind it. */
  #decompressRest(
    first: Uint8Array,
    input: Uint8Array,
    dataBytes: number,
    maxBytes: number,
  ): Uint8Array | DecompressFailure {
    // Within one message the blocks before a final one can be referred to by those behind it, takeover or not.
    const window = this.#window ?? new SlidingWindow(this.#windowBits);
    let restarts = allowedFinalBlocks(dataBytes);
    const parts: Uint8Array[] = [];
    let size = 0;
    let part = first;
    for (let rest = input; ;) {
      window.push(part);
      // A copy: what it is a view of may be 64 KiB for one byte.
      if (part.length > 0) parts.push(part.slice());
      size += part.length;
      if (rest.length === 0) return concat(parts, size);
      if (--restarts < 0) return "INVALID_COMPRESSED_DATA";
      const inflated = inflateWhole(rest, rest.length, this.#windowBits, window.bytes, maxBytes - size);
      if (typeof inflated === "string") return inflated;
      part = inflated.bytes;
      rest = rest.subarray(inflated.consumed);
    }
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

function concat(parts: readonly Uint8Array[], size: number): Uint8Array {
  const whole = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
