// The way out as the application meets it: whether a message is accepted, what happens when too much waits, and who
// hears that there is room again. In which order messages leave is message-queue.ts; how their bytes do, outbox.ts.
import type { StreamSource } from "./chunk-source.ts";
import { ConnectionError, type ConnectionErrorCode } from "./connection-error.ts";
import { diagnostics } from "./diagnostics.ts";
import { Fifo } from "./fifo.ts";
import { FRAGMENT_SIZE } from "./fragments.ts";
import type { Message } from "./message-assembly.ts";
import { MessageQueue, type MessageQueueOwner, sizeOf } from "./message-queue.ts";
import { Outbox, type OutboxOwner } from "./outbox.ts";
import type { StreamOptions } from "./outgoing-stream.ts";
import type { PreparedMessage } from "./prepared-message.ts";
import type { SentCallback } from "./sent-callback.ts";

/** What a {@link Sender} needs of its connection. */
export interface SenderOwner extends OutboxOwner, MessageQueueOwner {
  readonly state: "open" | "closing" | "closed";
  /** A message was not accepted: too much waits. */
  onOverflow(): void;
  /** There is room again, after a `send` was told that there is none. */
  onDrained(): void;
}

export class Sender {
  readonly outbox: Outbox;
  readonly #owner: SenderOwner;
  /** Once a message was sent that takes its time. */
  #queue: MessageQueue | undefined;
  /** Sends that wait for room, under the policy `wait`. */
  #forRoom: Fifo<() => void> | undefined;
  #owesDrain = false;

  constructor(owner: SenderOwner) {
    this.#owner = owner;
    this.outbox = new Outbox(owner);
  }

  /** Whether messages are accepted. */
  get isOpen(): boolean {
    return this.#queue === undefined ? this.#owner.protocol.maySend : this.#queue.isOpen;
  }

  /** Bytes accepted that have not reached the transport. */
  get bufferedBytes(): number {
    const { bufferedBytes } = this.outbox;
    return this.#queue === undefined ? bufferedBytes : bufferedBytes + this.#queue.byteLength;
  }

  /** Whether something waits for room. */
  get awaitsRoom(): boolean {
    return this.#owesDrain || this.#queue !== undefined || this.#forRoom !== undefined;
  }

  /** @returns whether more may be sent at once */
  send(
    message: Message | PreparedMessage,
    compress: boolean | undefined,
    callback: SentCallback | undefined,
  ): boolean {
    if (!this.isOpen) return refuse(callback, "CONNECTION_CLOSED", `the connection is ${this.#owner.state}`);
    if (this.#queue !== undefined || sizeOf(message) > FRAGMENT_SIZE) {
      if (this.#isOverfull()) return this.#overflow(callback);
      this.#messageQueue().send(message, compress, callback);
      return this.#hasRoom(this.bufferedBytes);
    }
    const { connection, protocol, limits } = this.#owner;
    // Nothing leaves before the end of the tick: to ask the transport once is enough.
    const { waitingBytes } = this.outbox;
    if (waitingBytes + protocol.output.byteLength > limits.maxBufferedBytes) return this.#overflow(callback);
    diagnostics.messageSent(connection, message);
    protocol.send(message, compress);
    this.outbox.schedule(callback);
    return this.#hasRoom(waitingBytes + protocol.output.byteLength);
  }

  /** Sends the next piece of a message. @returns whether more may be sent at once */
  sendFragment(
    data: Message,
    isLast: boolean,
    compress: boolean | undefined,
    callback: SentCallback | undefined,
  ): boolean {
    if (!this.isOpen) return refuse(callback, "CONNECTION_CLOSED", `the connection is ${this.#owner.state}`);
    if (this.#isOverfull()) return this.#overflow(callback);
    this.#messageQueue().sendFragment(data, isLast, compress, callback);
    return this.#hasRoom(this.bufferedBytes);
  }

  /** Calls `send` at once, or under the policy `wait` when there is room. */
  whenRoom(send: () => void): void {
    const mustWait = this.#isOverfull() || (this.#forRoom !== undefined && this.#forRoom.length > 0);
    if (mustWait && this.isOpen && this.#owner.limits.whenBufferFull === "wait") {
      (this.#forRoom ??= new Fifo()).push(send);
    } else {
      send();
    }
  }

  sendStream(source: StreamSource, options: StreamOptions): Promise<void> {
    return this.#messageQueue().sendStream(source, options);
  }

  /** Accepts nothing more. `then` is called behind all that was accepted whole; streams are given up. */
  finish(then: () => void): void {
    if (this.#queue !== undefined) this.#queue.finish(then);
    else if (this.isOpen) then();
    this.#releaseWaiting();
  }

  /** If the peer has closed, or failed, what is under way cannot be ended. */
  stopIfClosed(): void {
    if (this.#owner.protocol.maySend) return;
    this.#queue?.giveUp("the connection is closing");
    this.#releaseWaiting();
  }

  /** Nothing can be sent any more: tells all that still wait. */
  abandon(): void {
    this.outbox.abandon();
    this.#queue?.giveUp("the connection is closed");
    this.#releaseWaiting();
  }

  /** There may be room: bytes have left, or the limits have changed. */
  useRoom(): void {
    this.#queue?.proceed();
    this.#releaseWaiting();
    if (!this.#owesDrain || this.#isBackedUp() || this.#isOverfull()) return;
    this.#owesDrain = false;
    diagnostics.backedUp(this.#owner.connection, false);
    this.#owner.onDrained();
  }

  #messageQueue(): MessageQueue {
    return (this.#queue ??= new MessageQueue(this.#owner, this.outbox));
  }

  #isBackedUp(): boolean {
    return this.bufferedBytes > this.#owner.limits.highWaterMarkBytes;
  }

  #isOverfull(): boolean {
    const overheadBytes = this.#queue === undefined ? 0 : this.#queue.overheadBytes;
    return this.bufferedBytes + overheadBytes > this.#owner.limits.maxBufferedBytes;
  }

  #overflow(callback: SentCallback | undefined): false {
    const { maxBufferedBytes } = this.#owner.limits;
    this.#owner.onOverflow();
    if (this.isOpen) this.#oweDrain();
    const why = `more than ${maxBufferedBytes} bytes (maxBufferedBytes) wait to be read`;
    return refuse(callback, "BUFFER_FULL", why);
  }

  /** Whether more may be sent at once. */
  #hasRoom(bufferedBytes: number): boolean {
    if (bufferedBytes <= this.#owner.limits.highWaterMarkBytes) return true;
    this.#oweDrain();
    return false;
  }

  #oweDrain(): void {
    if (this.#owesDrain) return;
    this.#owesDrain = true;
    diagnostics.backedUp(this.#owner.connection, true);
  }

  #releaseWaiting(): void {
    const waiting = this.#forRoom;
    if (waiting === undefined) return;
    while (waiting.length > 0 && (!this.isOpen || !this.#isOverfull())) waiting.shift()!();
  }
}

/** Tells the caller, after the call, that the message will not leave. */
function refuse(callback: SentCallback | undefined, code: ConnectionErrorCode, why: string): false {
  if (callback === undefined) return false;
  process.nextTick(callback, new ConnectionError(code, `Cannot send the message: ${why}`));
  return false;
}
