// One direction out: messages to DEFLATE data (RFC 7692 §7.2.1).
import { constants, deflateRawSync } from "node:zlib";
import { SlidingWindow } from "./sliding-window.ts";

/** How a {@link Compressor} works. */
export interface CompressorOptions {
  /** 8 to 15. */
  readonly windowBits: number;
  readonly noContextTakeover: boolean;
  readonly level: number;
  readonly memLevel: number;
}

export class Compressor {
  readonly #options: CompressorOptions;
  readonly #window: SlidingWindow | undefined;
  /** Between the parts of a message: what the next may refer to. */
  #partWindow: SlidingWindow | undefined;

  constructor(options: CompressorOptions) {
    this.#options = options;
    if (!options.noContextTakeover) this.#window = new SlidingWindow(options.windowBits);
  }

  /**
   * What the output depends on besides the message: equal for compressors whose outputs are the same; `undefined`
   * where each message depends on those before it.
   */
  get variant(): string | undefined {
    const { windowBits, level, memLevel } = this.#options;
    return this.#window === undefined ? `deflate ${windowBits} ${level} ${memLevel}` : undefined;
  }

  /** The message compressed; `undefined` where that would not make it smaller, which leaves no trace. */
  compress(message: Uint8Array): Uint8Array | undefined {
    if (this.#window !== undefined && this.#partWindow !== undefined) {
      throw new Error(
        "Cannot compress message: the one before it, which it may refer to, lacks its last part",
      );
    }
    const data = withoutTail(this.#deflate(message, this.#window?.bytes));
    if (data.length >= message.length) return undefined;
    this.#window?.push(message);
    return data;
  }

  /** The next part of a message compressed, be it smaller or not: whoever has all of them has the message. */
  compressPart(part: Uint8Array, isLast: boolean): Uint8Array {
    // Within one message each part can refer to those before it, takeover or not.
    const window = (this.#partWindow ??= this.#window ?? new SlidingWindow(this.#options.windowBits));
    if (isLast) this.#partWindow = undefined;
    else if (part.length === 0) return part;
    const deflated = this.#deflate(part, window.bytes);
    if (!isLast || window === this.#window) window.push(part);
    return isLast ? withoutTail(deflated) : deflated;
  }

  #deflate(bytes: Uint8Array, dictionary: Uint8Array | undefined): Uint8Array {
    const { windowBits, level, memLevel } = this.#options;
    const deflated = deflateRawSync(bytes, {
      // zlib's raw deflate cannot do 8; what it makes with 9 never reaches back further than 250 bytes, so 8 reads it.
      windowBits: Math.max(windowBits, 9),
      level,
      memLevel,
      finishFlush: constants.Z_SYNC_FLUSH,
      chunkSize: chunkSize(bytes.length),
      ...(dictionary !== undefined && { dictionary }),
    });
    // A copy: what zlib returns is a view of a chunk that may be 64 KiB for a few bytes, and it may wait in a queue.
    return new Uint8Array(deflated);
  }
}

function withoutTail(deflated: Uint8Array): Uint8Array {
  // RFC 7692 §7.2.1: "Remove 4 octets (that are 0x00 0x00 0xff 0xff) from the tail end."
  return deflated.subarray(0, -4);
}

/** Room for the output: mostly all of it, so that zlib hands it over in one piece. */
export function chunkSize(expected: number): number {
  return Math.min(Math.max(expected, 256), 64 * 1024);
}
