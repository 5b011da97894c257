// Two ends of a wire in memory: what one writes the other reads, and who does not read holds up who writes.
import { Duplex } from "node:stream";

export class WireEnd extends Duplex {
  #other: WireEnd | undefined;
  /** The other end waits for us to read. */
  #release: (() => void) | undefined;

  static pair(): [WireEnd, WireEnd] {
    const one = new WireEnd({ allowHalfOpen: true });
    const other = new WireEnd({ allowHalfOpen: true });
    one.#other = other;
    other.#other = one;
    return [one, other];
  }

  override _read(): void {
    const release = this.#release;
    this.#release = undefined;
    release?.();
  }

  override _write(chunk: Uint8Array, _encoding: string, callback: () => void): void {
    const other = this.#other;
    if (other === undefined || other.destroyed || other.readableEnded || other.push(chunk)) callback();
    else other.#release = callback;
  }

  override _final(callback: () => void): void {
    if (this.#other?.destroyed === false) this.#other.push(null);
    callback();
  }

  override _destroy(error: Error | null, callback: (error: Error | null) => void): void {
    const other = this.#other;
    this.#release?.();
    if (other !== undefined && !other.destroyed) process.nextTick(() => other.destroy());
    callback(error);
  }
}
