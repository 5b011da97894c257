// What a compressed message holds, by inflating all of its direction from the beginning: no window is carried from one
// message to the next, so none can be carried wrongly. Quadratic, and unsure of anything but plain blocks.
import { constants, inflateRawSync } from "node:zlib";
import { concat } from "../bytes.ts";

const TAIL = Uint8Array.of(0x00, 0x00, 0xff, 0xff);

export class ReferenceInflate {
  readonly #windowBits: number;
  readonly #forgets: boolean;
  #data: Uint8Array = new Uint8Array(0);
  #known = 0;

  constructor(windowBits: number, noContextTakeover: boolean) {
    this.#windowBits = windowBits;
    this.#forgets = noContextTakeover;
  }

  /**
   * The message; `undefined` where this reference cannot tell, also where it is larger than the limit. It can tell of no
   * later message then.
   */
  message(data: Uint8Array, maxBytes: number): Uint8Array | undefined {
    const input = concat([this.#data, data, TAIL]);
    const inflated = inflate(input, this.#windowBits, this.#known + maxBytes);
    if (inflated === undefined) return undefined;
    const message = inflated.subarray(this.#known);
    if (!this.#forgets) {
      this.#data = input;
      this.#known = inflated.length;
    }
    return message;
  }
}

function inflate(input: Uint8Array, windowBits: number, maxBytes: number): Uint8Array | undefined {
  try {
    const { buffer, engine } = inflateRawSync(input, {
      windowBits,
      finishFlush: constants.Z_SYNC_FLUSH,
      maxOutputLength: maxBytes + 1,
      info: true,
    }) as unknown as { buffer: Uint8Array; engine: { bytesWritten: number } };
    // Behind a final block zlib stops: what follows it is for others.
    return engine.bytesWritten === input.length && buffer.length <= maxBytes
      ? new Uint8Array(buffer)
      : undefined;
  } catch {
    return undefined;
  }
}
