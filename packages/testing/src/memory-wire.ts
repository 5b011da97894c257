// What connects two ends without a network: two lanes, and a knife.
import { settle } from "./settle.ts";
import { WireEnd } from "./wire-end.ts";
import { WireLane } from "./wire-lane.ts";

/**
 * Two streams that are each other's peers, and what happens to bytes between them.
 *
 * @example
 * ```ts
 * const wire = new MemoryWire();
 * wire.toServer.chunkBytes = 1; // what the client sends arrives byte by byte
 * wire.toClient.delayMs = 200; // what the server sends takes 200 ms
 * const connection = new Connection(wire.server, { role: "server" });
 * ```
 */
export class MemoryWire {
  /** What the client sends. */
  readonly toServer: WireLane = new WireLane(() => this.cut());
  /** What the server sends. */
  readonly toClient: WireLane = new WireLane(() => this.cut());
  /** The server's end. */
  readonly server: WireEnd = new WireEnd(this.toClient, this.toServer);
  /** The client's end. */
  readonly client: WireEnd = new WireEnd(this.toServer, this.toClient);

  /** The wire breaks: both ends fail, and what was on its way is lost. */
  cut(error: Error = connectionReset()): void {
    this.toServer.close();
    this.toClient.close();
    this.server.destroy(error);
    this.client.destroy(error);
  }

  /** Resolves when nothing moves any more, or only a timer could make it move. */
  async settle(): Promise<void> {
    for (let before = -1; before !== this.#movements();) {
      before = this.#movements();
      await settle();
    }
  }

  #movements(): number {
    return this.toServer.movements + this.toClient.movements;
  }
}

/** What Node reports where the peer's machine says that it knows nothing of the connection. */
function connectionReset(): Error {
  return Object.assign(new Error("read ECONNRESET"), { code: "ECONNRESET", syscall: "read" });
}
