// How a WebSocket ended, and what its listeners are told of that: one error at most, and then the close.
import type { EventEmitter } from "node:events";
import type { CloseResult } from "@ws/connection";
import { EMPTY } from "./bytes.ts";
import type { WebSocketEvents } from "./websocket-events.ts";

export class Ending {
  readonly #emitter: EventEmitter<WebSocketEvents>;
  #hasErred = false;
  /** Of a connection; what it is where there never was one. */
  result: CloseResult = { code: 1006, reason: "", wasClean: false };

  /** @param emitter the WebSocket */
  constructor(emitter: EventEmitter<WebSocketEvents>) {
    this.#emitter = emitter;
  }

  /** There will be no connection: an `error` that ends the process where nobody listens, as with `ws`. */
  emitFailure(error: Error): void {
    this.#hasErred = true;
    this.#emitter.emit("error", error);
  }

  /** What a peer did must not end a process that does not listen for it: the code of `close` says it, too. */
  emitError(error: Error): void {
    if (this.#hasErred) return;
    this.#hasErred = true;
    if (this.#emitter.listenerCount("error") > 0) this.#emitter.emit("error", error);
  }

  emitClose(): void {
    const { code, reason } = this.result;
    this.#emitter.emit("close", code, reason === "" ? EMPTY : Buffer.from(reason));
  }
}
