// What of a receiver those reach for who give one connection other limits than its server: `ws` has no public way, and
// to be ignored there would leave a peer with a limit that somebody took for lowered.
import type { Connection } from "@ws/connection";
import { maxMessageBytes } from "./options.ts";

export class ReceiverLimits {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** The largest message accepted from now on, in bytes; 0 sets no limit. */
  get _maxPayload(): number {
    const bytes = this.#connection.limits.maxMessageBytes;
    return bytes === maxMessageBytes(0) ? 0 : bytes;
  }

  set _maxPayload(bytes: number) {
    this.#connection.setLimits({ maxMessageBytes: maxMessageBytes(bytes) });
  }
}
