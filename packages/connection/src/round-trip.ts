// How long a ping takes to come back: remembers the newest ping, and knows its pong by the payload
// (RFC 6455 §5.5.3: "must have identical "Application data"").
import { encodeUtf8 } from "@ws/frame";
import type { Message } from "./message-assembly.ts";

export class RoundTrip {
  #payload: Uint8Array | undefined;
  #sentAt = 0;
  /** Of the last ping that was answered; `undefined` before the first. */
  latestMs: number | undefined;

  pingSent(data: Message): void {
    this.#payload = typeof data === "string" ? encodeUtf8(data) : data.slice();
    this.#sentAt = performance.now();
  }

  pongReceived(data: Uint8Array): void {
    const sent = this.#payload;
    if (sent === undefined || sent.length !== data.length || !sent.every((byte, i) => byte === data[i]))
      return;
    this.latestMs = performance.now() - this.#sentAt;
    this.#payload = undefined;
  }
}
