// One direction of a compressed connection: a sender that keeps to the agreement, and a receiver that checks that the peer does.
import { constants, deflateRawSync } from "node:zlib";
import type { DirectionRules } from "./agreement.ts";
import { inflateMessage, type Inflated } from "./inflate.ts";

/** Compresses messages the way an obedient peer would. */
export class Compressor {
  readonly #rules: DirectionRules;
  #window: Buffer = Buffer.alloc(0);

  constructor(rules: DirectionRules) {
    this.#rules = rules;
  }

  compress(payload: Uint8Array, level: number = constants.Z_DEFAULT_COMPRESSION): Buffer {
    const bytes = deflateRawSync(payload, {
      level,
      // zlib knows no raw window of 8 bits; with 9 its matches reach back 512 − 262 = 250 bytes, which 8 bits allow.
      windowBits: Math.max(9, this.#rules.windowBits),
      finishFlush: constants.Z_SYNC_FLUSH,
      ...(this.#window.length > 0 && { dictionary: this.#window }),
    });
    this.remember(payload);
    return bytes.subarray(0, -4);
  }

  /** How far back into earlier messages it may point. */
  get reach(): number {
    return this.#rules.contextTakeover ? 2 ** this.#rules.windowBits : 0;
  }

  /** Puts bytes into the window, if there is one, that were sent by other means: a hand-written stream for example. */
  remember(payload: Uint8Array): void {
    if (!this.#rules.contextTakeover) return;
    this.#window = Buffer.from(
      Buffer.concat([this.#window, payload]).subarray(-(2 ** this.#rules.windowBits)),
    );
  }
}

/** Inflates messages with exactly the memory that the agreement leaves: anything more and the peer broke it. */
export class Decompressor {
  readonly #rules: DirectionRules;
  #window: Buffer = Buffer.alloc(0);

  constructor(rules: DirectionRules) {
    this.#rules = rules;
  }

  /** Throws `RangeError` where the stream is damaged or reaches further back than agreed. */
  inflate(payload: Uint8Array): Inflated {
    const limit = 2 ** this.#rules.windowBits;
    const inflated = inflateMessage(payload, this.#window);
    if (inflated.maxDistance > limit) {
      throw new RangeError(
        `a match reaches ${inflated.maxDistance} bytes back, the agreed window is ${limit}`,
      );
    }
    if (this.#rules.contextTakeover) {
      this.#window = Buffer.from(Buffer.concat([this.#window, inflated.output]).subarray(-limit));
    }
    return inflated;
  }
}
