// A sender's compressor made of zlib alone, with habits of other implementations: stored blocks, fixed Huffman codes,
// several blocks to a message, a final one at its end.
import { constants, deflateRawSync } from "node:zlib";
import { concat } from "../bytes.ts";
import type { Random } from "../random.ts";

const MAX_WINDOW = 32 * 1024;

export class ZlibStream {
  readonly #windowBits: number;
  readonly #forgets: boolean;
  readonly #random: Random;
  #history: Uint8Array = new Uint8Array(0);

  constructor(windowBits: number, noContextTakeover: boolean, random: Random) {
    this.#windowBits = windowBits;
    this.#forgets = noContextTakeover;
    this.#random = random;
  }

  compress(message: Uint8Array): Uint8Array {
    const random = this.#random;
    const middle = random.oneIn(3) ? random.below(message.length) : 0;
    const parts = middle === 0 ? [message] : [message.subarray(0, middle), message.subarray(middle)];
    const strategy = random.pick([constants.Z_DEFAULT_STRATEGY, constants.Z_FIXED, constants.Z_RLE]);
    const level = random.pick([0, 1, 6]);
    const blocks = parts.map((part) => this.#deflate(part, level, strategy));
    if (this.#forgets) this.#history = new Uint8Array(0);
    // The last four octets of a message stay at home (RFC 7692 §7.2.1).
    const data = concat(blocks);
    return data.slice(0, data.length - 4);
  }

  #deflate(part: Uint8Array, level: number, strategy: number): Uint8Array {
    const windowBits = Math.max(this.#windowBits, 9);
    // A decompressor of 8 bits holds 256 bytes; zlib with 9 looks back at most 250.
    const dictionary = this.#history.subarray(Math.max(0, this.#history.length - 2 ** this.#windowBits));
    const deflated = deflateRawSync(part, {
      windowBits,
      level,
      strategy,
      finishFlush: constants.Z_SYNC_FLUSH,
      ...(dictionary.length > 0 && { dictionary }),
    });
    const seen = concat([this.#history, part]);
    this.#history = seen.slice(Math.max(0, seen.length - MAX_WINDOW));
    return new Uint8Array(deflated);
  }
}
