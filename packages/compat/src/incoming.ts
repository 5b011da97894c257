// What a peer sends, on its way to the application: in the form that was asked for, one event at a time where that was asked
// for, held back while the application pauses, and the end behind all of it.
import type { EventEmitter } from "node:events";
import { type Connection, type Message, TextBytes } from "@ws/connection";
import { type BinaryType, toBuffer, toRawData } from "./bytes.ts";
import { Deliveries } from "./deliveries.ts";
import type { WebSocketEvents } from "./websocket-events.ts";

export class Incoming {
  readonly #emitter: EventEmitter<WebSocketEvents>;
  binaryType: BinaryType = "nodebuffer";
  /** Whether the application wants no messages for now. */
  isPaused = false;
  /** Whether messages may wait within the connection. */
  #hasHeld = false;
  #connection: Connection | undefined;
  #deliveries: Deliveries | undefined;

  /** @param emitter the WebSocket */
  constructor(emitter: EventEmitter<WebSocketEvents>) {
    this.#emitter = emitter;
  }

  /**
   * From now on what comes is delivered.
   *
   * @param areSynchronous whether several events may come in one turn of the event loop
   */
  deliverFrom(connection: Connection, areSynchronous: boolean): void {
    const emitter = this.#emitter;
    const deliveries = new Deliveries(areSynchronous, (mustHold) => this.#hold(mustHold));
    this.#connection = connection;
    this.#deliveries = deliveries;
    // Most there is of anything are messages: what can be spared for each is.
    if (areSynchronous) connection.on("message", (data) => this.#emitMessage(data));
    else connection.on("message", (data) => deliveries.deliver(() => this.#emitMessage(data)));
    connection.on("ping", (data) => deliveries.deliver(() => emitter.emit("ping", toBuffer(data))));
    connection.on("pong", (data) => deliveries.deliver(() => emitter.emit("pong", toBuffer(data))));
  }

  pause(): void {
    this.isPaused = true;
    this.#hold(true);
  }

  resume(): void {
    this.isPaused = false;
    this.#hold(false);
  }

  /** Calls it behind all that was delivered so far. */
  finish(event: () => void): void {
    this.#deliveries!.finish(event);
  }

  /** The connection has ended: calls it behind all that was received, paused or not. */
  end(event: () => void): void {
    if (!this.#hasHeld) return this.finish(event);
    this.#connection!.resume();
    process.nextTick(() => this.finish(event));
  }

  #emitMessage(data: Message): void {
    const bytes = data as Uint8Array;
    if (bytes instanceof TextBytes) this.#emitter.emit("message", toBuffer(bytes), false);
    else this.#emitter.emit("message", toRawData(bytes, this.binaryType), true);
  }

  /** Holds messages back, or lets them come; after the end there is nothing to be held back. */
  #hold(mustHold: boolean): void {
    const connection = this.#connection!;
    if (connection.state === "closed") return;
    if (mustHold) {
      this.#hasHeld = true;
      connection.pause();
    } else if (!this.isPaused) {
      connection.resume();
    }
  }
}
