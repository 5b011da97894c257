// One direction out: messages to DEFLATE data (RFC 7692 §7.2.1).
import { DeflateMemory } from "./deflate-memory.ts";
import { type DeflateSettings, memorySettings } from "./deflate-settings.ts";
import { deflateWhole } from "./deflate-whole.ts";

/** The four octets of a flush that are removed from the end. */
const TAIL_BYTES = 4;

export class Compressor {
  readonly #settings: DeflateSettings;
  /** What messages may refer to. */
  readonly #memory: DeflateMemory | undefined;
  /** Between the parts of a message: what the next may refer to. */
  #partMemory: DeflateMemory | undefined;

  constructor(settings: DeflateSettings, noContextTakeover: boolean) {
    this.#settings = settings;
    if (!noContextTakeover) this.#memory = new DeflateMemory(memorySettings(settings));
  }

  /** The message compressed; `undefined` where that would not make it smaller, which leaves no trace. */
  compress(message: Uint8Array): Uint8Array | undefined {
    const memory = this.#memory;
    const maxBytes = message.length - 1 + TAIL_BYTES;
    if (memory === undefined) return withoutTail(deflateWhole(message, this.#settings, maxBytes));
    if (this.#partMemory !== undefined) {
      throw new Error(
        "Cannot compress message: the one before it, which it may refer to, lacks its last part",
      );
    }
    return withoutTail(memory.deflate(message, maxBytes));
  }

  /** The next part of a message compressed, be it smaller or not: whoever has all of them has the message. */
  compressPart(part: Uint8Array, isLast: boolean): Uint8Array {
    // Within one message each part can refer to those before it, takeover or not.
    const memory = (this.#partMemory ??= this.#memory ?? new DeflateMemory(this.#settings));
    if (!isLast && part.length === 0) return part;
    const deflated = memory.deflate(part, Infinity)!;
    if (!isLast) return deflated;
    this.#partMemory = undefined;
    if (memory !== this.#memory) memory.close();
    return withoutTail(deflated)!;
  }
}

function withoutTail(deflated: Uint8Array | undefined): Uint8Array | undefined {
  // RFC 7692 §7.2.1: "Remove 4 octets (that are 0x00 0x00 0xff 0xff) from the tail end."
  return deflated?.subarray(0, -TAIL_BYTES);
}
