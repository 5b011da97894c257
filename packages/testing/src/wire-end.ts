// One end of a wire in memory, as the socket that a connection would have.
import { Duplex } from "node:stream";
import type { LaneEnd, WireLane } from "./wire-lane.ts";

/** A stream that carries bytes to the other end of its wire, and from there. */
export class WireEnd extends Duplex implements LaneEnd {
  readonly #out: WireLane;
  readonly #in: WireLane;

  /**
   * @param out carries what is written here
   * @param into carries what is read here
   */
  constructor(out: WireLane, into: WireLane) {
    super({ allowHalfOpen: true });
    this.#out = out;
    this.#in = into;
    into.leadTo(this);
  }

  arrive(chunk: Uint8Array): boolean {
    return this.push(chunk);
  }

  /** The other end will write no more. */
  arriveEnd(): void {
    this.push(null);
  }

  override _read(): void {
    this.#in.ask();
  }

  override _write(chunk: Uint8Array, _encoding: string, callback: () => void): void {
    this.#out.send(chunk, callback);
  }

  override _final(callback: () => void): void {
    this.#out.finish();
    callback();
  }

  /** As with a socket, the other end reads what is on its way, and then the end. */
  override _destroy(error: Error | null, callback: (error: Error | null) => void): void {
    if (!this.writableFinished) this.#out.finish();
    this.#in.close();
    callback(error);
  }
}
