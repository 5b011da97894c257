// Collects bytes that arrive in pieces into one buffer. However small the pieces, there is no object per piece, and
// the buffer never grows beyond a small multiple of what has really arrived: a peer that announces a gigabyte and
// sends ten bytes gets room for a few hundred.
import { keepMemory, WORTHWHILE_BYTES } from "./kept-memory.ts";
import { mask, maskInto } from "./mask.ts";
import { allocate, free } from "./platform.ts";
import { isLent } from "./read-buffer.ts";

const SMALLEST = 256;
/** How far ahead of the bytes that arrived the buffer may be, as a factor. */
const AHEAD = 4;
/** From here on what was outgrown is given back at once. */
const FREED_BYTES = 16 * 1024;
const EMPTY = new Uint8Array(0);

/** Bytes collected from pieces of any size, handed over as one. */
export class GrowingBuffer {
  #bytes = EMPTY;
  #used = 0;

  /** How many bytes were appended since the last `take()`. */
  get byteLength(): number {
    return this.#used;
  }

  /**
   * Copies the piece behind what is there.
   *
   * @param expected how many bytes will be there in the end, as far as that is known: the buffer then ends up
   * exactly that large
   * @param maskKey what the piece is masked with, see {@link mask}: it is unmasked on its way. One that is lent is
   * unmasked where it lies
   * @param phase how many octets of the masked payload came before it
   */
  append(piece: Uint8Array, expected = 0, maskKey = 0, phase = 0): void {
    const used = this.#used + piece.length;
    if (used > this.#bytes.length) this.#grow(used, expected);
    if (maskKey !== 0 && !isLent(piece)) {
      maskInto(piece, this.#bytes, this.#used, maskKey, phase);
    } else {
      if (maskKey !== 0) mask(piece, 0, piece.length, maskKey, phase);
      this.#bytes.set(piece, this.#used);
    }
    this.#used = used;
  }

  /** Hands the bytes over and starts anew. */
  take(): Uint8Array {
    const bytes = this.#bytes;
    const used = this.#used;
    this.#bytes = EMPTY;
    this.#used = 0;
    // Whoever keeps the result should not keep as much slack with it.
    if (used * 2 < bytes.length) return bytes.slice(0, used);
    // The result's `buffer` leads to the slack; what lay in that memory before must not be found there.
    bytes.fill(0, used);
    return bytes.subarray(0, used);
  }

  #grow(used: number, expected: number): void {
    const justified = Math.max(used * AHEAD, SMALLEST);
    const wanted =
      expected >= used ? Math.min(expected, justified) : Math.max(used, this.#bytes.length * 2, SMALLEST);
    if (wanted >= WORTHWHILE_BYTES) keepMemory();
    const grown = allocate(wanted);
    grown.set(this.#bytes.subarray(0, this.#used));
    const outgrown = this.#bytes;
    this.#bytes = grown;
    if (outgrown.length >= FREED_BYTES) free(outgrown.buffer);
  }
}
