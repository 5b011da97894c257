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
    const { windowBits, level, memLevel } = this.#options;
    const dictionary = this.#window?.bytes;
    const deflated = deflateRawSync(message, {
      // zlib's raw deflate cannot do 8; what it makes with 9 never reaches back further than 250 bytes, so 8 reads it.
      windowBits: Math.max(windowBits, 9),
      level,
      memLevel,
      finishFlush: constants.Z_SYNC_FLUSH,
      chunkSize: chunkSize(message.length),
      ...(dictionary !== undefined && { dictionary }),
    });
    // RFC 7692 §7.2.1: "Remove 4 octets (that are 0x00 0x00 0xff 0xff) from the tail end."
    const length = deflated.length - 4;
    if (length >= message.length) return undefined;
    this.#window?.push(message);
    return new Uint8Array(deflated.buffer, deflated.byteOffset, length);
  }
}

/** Room for the output: mostly all of it, so that zlib hands it over in one piece. */
export function chunkSize(expected: number): number {
  return Math.min(Math.max(expected, 256), 64 * 1024);
}
