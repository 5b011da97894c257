// What a peer sends while it waits for the answer to its handshake: kept, bounded, for the connection to begin with.
// Reading is also the only way to hear that the peer has gone.
import type { Duplex } from "node:stream";

/** Above this the transport is not read on: an impatient peer waits, a hostile one costs no more. */
const MAX_EARLY_BYTES = 64 * 1024;

export class EarlyBytes {
  readonly #duplex: Duplex;
  readonly #chunks: Uint8Array[];
  readonly #onGone: () => void;
  #byteLength: number;

  /**
   * @param rest what was read behind the request
   * @param onGone the peer ended its side, or the transport has closed
   */
  constructor(duplex: Duplex, rest: Uint8Array, onGone: () => void) {
    this.#duplex = duplex;
    this.#chunks = rest.length === 0 ? [] : [rest];
    this.#byteLength = rest.length;
    this.#onGone = onGone;
    duplex.on("data", this.#keep).on("end", onGone).on("close", onGone);
    duplex.resume();
  }

  /** Ends the watch; the transport is left paused. */
  take(): Uint8Array {
    const duplex = this.#duplex;
    duplex.off("data", this.#keep).off("end", this.#onGone).off("close", this.#onGone);
    duplex.pause();
    const [only, ...more] = this.#chunks;
    return only !== undefined && more.length === 0 ? only : Buffer.concat(this.#chunks);
  }

  readonly #keep = (chunk: Uint8Array): void => {
    this.#chunks.push(chunk);
    this.#byteLength += chunk.length;
    if (this.#byteLength > MAX_EARLY_BYTES) this.#duplex.pause();
  };
}
