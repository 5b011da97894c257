// The way out as the application meets it: whether a message is accepted, what happens when too much waits, and who
// hears that there is room again. In which order messages leave is message-queue.ts; how their bytes do, outbox.ts.
import type { Duplex } from "node:stream";
import type { StreamSource } from "./chunk-source.ts";
import { ConnectionError, type ConnectionErrorCode } from "./connection-error.ts";
import type { Diagnostics } from "./diagnostics.ts";
import { Fifo } from "./fifo.ts";
import type { Message } from "./message-assembly.ts";
import { MessageQueue, type MessageQueueOwner } from "./message-queue.ts";
import { Outbox, type OutboxOwner } from "./outbox.ts";
import type { StreamOptions } from "./outgoing-stream.ts";
import type { PreparedMessage } from "./prepared-message.ts";
import type { Protocol } from "./protocol.ts";
import type { SentCallback } from "./sent-callback.ts";

/** What a {@link Sender} needs of its connection. */
export interface SenderOwner extends OutboxOwner, MessageQueueOwner {
  readonly state: "open" | "closing" | "closed";
  /** A message was not accepted: too much waits. */
  onOverflow(): void;
  /** There is room again, after a `send` was told that there is none. */
  onDrained(): void;
}

export class Sender implements OutboxOwner {
  readonly outbox: Outbox;
  readonly #queue: MessageQueue;
  readonly #protocol: Protocol;
  readonly #owner: SenderOwner;
  readonly #diagnostics: Diagnostics;

  /** Sends that wait for room, under the policy `wait`. */
  readonly #forRoom = new Fifo<() => void>();
  #owesDrain = false;

  constructor(duplex: Duplex, protocol: Protocol, owner: SenderOwner, diagnostics: Diagnostics) {
    this.outbox = new Outbox(duplex, protocol.output, this, diagnostics);
    this.#queue = new MessageQueue(protocol, this.outbox, owner, diagnostics);
    this.#diagnostics = diagnostics;
    this.#protocol = protocol;
    this.#owner = owner;
  }

  /** Whether messages are accepted. */
  get isOpen(): boolean {
    return this.#queue.isOpen;
  }

  /** Bytes accepted that have not reached the transport. */
  get bufferedBytes(): number {
    return this.outbox.bufferedBytes + this.#queue.byteLength;
  }

  /** @returns whether more may be sent at once */
  send(
    message: Message | PreparedMessage,
    compress: boolean | undefined,
    callback: SentCallback | undefined,
  ): boolean {
    if (!this.isOpen) return refuse(callback, "CONNECTION_CLOSED", `the connection is ${this.#owner.state}`);
    if (this.#isOverfull) return this.#overflow(callback);
    this.#queue.send(message, compress, callback);
    if (!this.#isBackedUp) return true;
    this.#oweDrain();
    return false;
  }

  /** Calls `send` at once, or under the policy `wait` when there is room. */
  whenRoom(send: () => void): void {
    const mustWait = this.#isOverfull || this.#forRoom.length > 0;
    if (mustWait && this.isOpen && this.#owner.limits.whenBufferFull === "wait") this.#forRoom.push(send);
    else send();
  }

  sendStream(source: StreamSource, options: StreamOptions): Promise<void> {
    return this.#queue.sendStream(source, options);
  }

  /** Accepts nothing more. `then` is called behind all that was accepted whole; streams are given up. */
  finish(then: () => void): void {
    this.#queue.finish(then);
    this.#releaseWaiting();
  }

  /** The limits have changed. */
  limitsChanged(): void {
    this.#useRoom();
  }

  /** If the peer has closed, or failed, what is under way cannot be ended. */
  stopIfClosed(): void {
    if (this.#protocol.maySend) return;
    this.#queue.giveUp("the connection is closing");
    this.#releaseWaiting();
  }

  /** Nothing can be sent any more: tells all that still wait. */
  abandon(): void {
    this.outbox.abandon();
    this.#queue.giveUp("the connection is closed");
    this.#releaseWaiting();
  }

  // What the outbox asks

  onRelief(): void {
    // A pong that was held is not to wait behind one more fragment.
    this.#owner.onRelief();
    this.#useRoom();
  }

  #useRoom(): void {
    this.#queue.proceed();
    this.#releaseWaiting();
    if (!this.#owesDrain || this.#isBackedUp || this.#isOverfull) return;
    this.#owesDrain = false;
    this.#diagnostics.backedUp(false);
    this.#owner.onDrained();
  }

  get #isBackedUp(): boolean {
    return this.bufferedBytes > this.#owner.limits.highWaterMarkBytes;
  }

  get #isOverfull(): boolean {
    return this.bufferedBytes + this.#queue.overheadBytes > this.#owner.limits.maxBufferedBytes;
  }

  #overflow(callback: SentCallback | undefined): false {
    const { maxBufferedBytes } = this.#owner.limits;
    this.#owner.onOverflow();
    if (this.isOpen) this.#oweDrain();
    const why = `more than ${maxBufferedBytes} bytes (maxBufferedBytes) wait to be read`;
    return refuse(callback, "BUFFER_FULL", why);
  }

  #oweDrain(): void {
    if (this.#owesDrain) return;
    this.#owesDrain = true;
    this.#diagnostics.backedUp(true);
  }

  #releaseWaiting(): void {
    while (this.#forRoom.length > 0 && (!this.isOpen || !this.#isOverfull)) this.#forRoom.shift()!();
  }
}

/** Tells the caller, after the call, that the message will not leave. */
function refuse(callback: SentCallback | undefined, code: ConnectionErrorCode, why: string): false {
  if (callback === undefined) return false;
  process.nextTick(callback, new ConnectionError(code, `Cannot send the message: ${why}`));
  return false;
}
