// What a compressor remembers of what it has compressed: all that is in reach while it has a context of zlib, and without
// one the last kibibytes, which a new context is told.
import { closeContext, nextUse, openContext, type PooledContext } from "./context-pool.ts";
import type { DeflateSettings } from "./deflate-settings.ts";
import { deflateWhole, deflateWith } from "./deflate-whole.ts";
import { deflateOnce } from "./one-shot.ts";
import { SlidingWindow } from "./sliding-window.ts";

/**
 * What a new context is told, 2^13 bytes: more would take longer than to compress a message, and what is further back is
 * seldom missed.
 */
const MAX_HISTORY_BITS = 13;

/** What a flush is, where there is nothing to flush (RFC 7692 §7.2.3.6). */
const EMPTY_BLOCK = new Uint8Array([0x00, 0x00, 0x00, 0xff, 0xff]);

export class DeflateMemory {
  readonly #settings: DeflateSettings;
  readonly #history: SlidingWindow;
  #context: PooledContext | undefined;
  #lastUse = 0;

  constructor(settings: DeflateSettings) {
    this.#settings = settings;
    this.#history = new SlidingWindow(Math.min(settings.windowBits, MAX_HISTORY_BITS));
  }

  /**
   * The bytes compressed, up to a flush, and remembered; `undefined` where that takes more than `maxBytes`, which leaves no
   * trace.
   */
  deflate(bytes: Uint8Array, maxBytes: number): Uint8Array | undefined {
    // Where zlib has flushed already and is given nothing more, it makes nothing.
    if (bytes.length === 0) return maxBytes < EMPTY_BLOCK.length ? undefined : EMPTY_BLOCK.slice();
    const deflated = this.#deflate(bytes, maxBytes);
    this.#lastUse = nextUse();
    if (deflated !== undefined) this.#history.push(bytes);
    // What zlib remembers now was never sent.
    else this.close();
    return deflated;
  }

  /** Gives back what zlib holds. */
  close(): void {
    if (this.#context !== undefined) closeContext(this.#context);
    this.#context = undefined;
  }

  #deflate(bytes: Uint8Array, maxBytes: number): Uint8Array | undefined {
    const history = this.#history.bytes;
    // Who has nothing to remember needs no context: many connections send one message.
    if (history === undefined) return deflateWhole(bytes, this.#settings, maxBytes);
    if (this.#context?.zlib === undefined) {
      this.#context = openContext(this.#settings, history, this.#lastUse);
    }
    const context = this.#context;
    if (context?.zlib !== undefined) {
      context.lastUse = nextUse();
      return deflateWith(context.zlib, bytes, maxBytes);
    }
    const deflated = deflateOnce(bytes, this.#settings, history);
    return deflated.length <= maxBytes ? deflated : undefined;
  }
}
