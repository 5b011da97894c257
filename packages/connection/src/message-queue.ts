// The order in which messages leave: one at a time, and what is accepted while a long one is under way waits behind it.
// Control frames do not pass through here: they go between the fragments of whatever is under way.
import { ConnectionError } from "./connection-error.ts";
import type { ConnectionParts } from "./connection-parts.ts";
import type { StreamSource } from "./chunk-source.ts";
import { diagnostics } from "./diagnostics.ts";
import { Fifo } from "./fifo.ts";
import { FRAGMENT_SIZE, type Fragments } from "./fragments.ts";
import type { Message } from "./message-assembly.ts";
import type { Outbox } from "./outbox.ts";
import { OutgoingStream, type StreamOptions, type StreamSink } from "./outgoing-stream.ts";
import { PreparedMessage } from "./prepared-message.ts";
import { type SentCallback, settle } from "./sent-callback.ts";
import { isText as isTextMessage } from "./text-bytes.ts";

/** What a waiting message costs besides its bytes. */
const OVERHEAD_BYTES = 256;

/** What a {@link MessageQueue} needs of its connection. */
export interface MessageQueueOwner extends ConnectionParts {
  /** A message was given up amid its fragments: nothing but a close frame can follow. */
  onGivenUp(): void;
}

interface Waiting {
  readonly byteLength: number;
  /** If it is a piece of a message. */
  readonly isPiece?: true;
  /** If it is a message that is streamed. */
  readonly stream?: OutgoingStream;
  start(): void;
  fail(error: Error): void;
}

/** A message whose pieces are handed in one by one, as the next thing that is sent. */
const PIECES = { isInPieces: true } as const;

/** What is under way. */
type Current =
  | typeof PIECES
  | { readonly fragments: Fragments; readonly callback: SentCallback | undefined }
  | { readonly stream: OutgoingStream };

export class MessageQueue {
  readonly #owner: MessageQueueOwner;
  readonly #outbox: Outbox;

  #current: Current | undefined;
  readonly #waiting = new Fifo<Waiting>();
  #waitingBytes = 0;
  /** What to do behind the last message; nothing is accepted any more. */
  #atEnd: (() => void) | undefined;

  constructor(owner: MessageQueueOwner, outbox: Outbox) {
    this.#owner = owner;
    this.#outbox = outbox;
  }

  /** Whether messages are accepted. */
  get isOpen(): boolean {
    return this.#atEnd === undefined && this.#owner.protocol.maySend;
  }

  /** Bytes of messages that have not been made frames; of text at least so many. */
  get byteLength(): number {
    const current = this.#current;
    const remaining = current !== undefined && "fragments" in current ? current.fragments.remaining : 0;
    return this.#waitingBytes + remaining;
  }

  /** What that costs besides: messages of no bytes would wait without any limit. */
  get overheadBytes(): number {
    return this.#waiting.length * OVERHEAD_BYTES;
  }

  /** Sends a message, now or when it is its turn. */
  send(
    message: Message | PreparedMessage,
    compress: boolean | undefined,
    callback: SentCallback | undefined,
  ): void {
    if (this.#current === undefined) return this.#begin(message, compress, callback);
    this.#enqueue({
      byteLength: sizeOf(message),
      start: () => this.#begin(message, compress, callback),
      fail: (error) => settle(callback, error),
    });
  }

  /** Sends the next piece of a message, now or when it is its turn. */
  sendFragment(
    data: Message,
    isLast: boolean,
    compress: boolean | undefined,
    callback: SentCallback | undefined,
  ): void {
    const start = (): void => {
      if (this.#current === undefined) diagnostics.messageSent(this.#owner.connection, data);
      this.#owner.protocol.sendPart(data, isLast, isTextMessage(data), compress);
      this.#outbox.schedule(callback);
      this.#current = isLast ? undefined : PIECES;
    };
    const isNext = this.#current === undefined || (this.#current === PIECES && this.#waiting.length === 0);
    if (!isNext) {
      const fail = (error: Error): void => settle(callback, error);
      return this.#enqueue({ byteLength: data.length, isPiece: true, start, fail });
    }
    start();
    this.#advance();
  }

  /** Sends a message chunk by chunk, from when it is its turn. */
  async sendStream(source: StreamSource, { type, compress, signal }: StreamOptions): Promise<void> {
    const sink: StreamSink = {
      begin: (stream) => this.#beginStream(stream, source),
      write: (data, isLast, isText) => {
        this.#owner.protocol.sendPart(data, isLast, isText, compress);
        this.#outbox.schedule();
        return this.#hasRoom();
      },
      end: (callback) => {
        this.#outbox.schedule(callback);
        this.#current = undefined;
        this.#advance();
      },
      giveUp: (stream, isTorn) => this.#giveUpStream(stream, isTorn),
    };
    await new OutgoingStream(source, type, sink).send(signal);
  }

  /** Goes on with the message that is under way, as far as the transport keeps up. */
  proceed(): void {
    const current = this.#current;
    if (current === undefined || !this.#hasRoom()) return;
    if ("stream" in current) return current.stream.proceed();
    if (!("fragments" in current)) return;
    const { fragments, callback } = current;
    while (fragments.next()) {
      this.#outbox.schedule();
      if (!this.#hasRoom()) return;
    }
    this.#outbox.schedule(callback);
    this.#current = undefined;
    this.#advance();
  }

  /**
   * Accepts nothing more. Streams are given up, for nobody knows their end; what was accepted whole still leaves, and
   * `then` is called behind it.
   */
  finish(then: () => void): void {
    if (this.#atEnd !== undefined) return;
    this.#atEnd = then;
    const error = closed("the connection is closing");
    for (const waiting of this.#waiting.remove(({ stream }) => stream !== undefined)) waiting.fail(error);
    if (this.#current !== undefined && "stream" in this.#current) this.#current.stream.fail(error);
    this.#advance();
  }

  /** Nothing can be sent any more: tells all that still wait. */
  giveUp(why: string): void {
    this.#atEnd ??= () => {};
    if (this.#current === undefined && this.#waiting.length === 0) return;
    const error = closed(why);
    const current = this.#current;
    this.#current = undefined;
    const waiting = this.#takeWaiting();
    if (current !== undefined && "stream" in current) current.stream.fail(error);
    else if (current !== undefined && "callback" in current) settle(current.callback, error);
    for (const each of waiting) each.fail(error);
  }

  /** Whether the transport keeps up with what is under way, whatever waits behind that. */
  #hasRoom(): boolean {
    return this.#outbox.bufferedBytes <= this.#owner.limits.highWaterMarkBytes;
  }

  #begin(
    message: Message | PreparedMessage,
    compress: boolean | undefined,
    callback: SentCallback | undefined,
  ): void {
    diagnostics.messageSent(this.#owner.connection, message);
    if (sizeOf(message) <= FRAGMENT_SIZE) {
      this.#owner.protocol.send(message, compress);
      this.#outbox.schedule(callback);
      return;
    }
    this.#current = { fragments: this.#owner.protocol.sendInFragments(message, compress), callback };
    this.proceed();
  }

  #beginStream(stream: OutgoingStream, source: StreamSource): void {
    const start = (): void => {
      diagnostics.messageSent(this.#owner.connection, source);
      this.#current = { stream };
      stream.proceed();
    };
    if (!this.isOpen)
      stream.fail(
        closed(`the connection is ${this.#owner.protocol.state === "closed" ? "closed" : "closing"}`),
      );
    else if (this.#current === undefined) start();
    else this.#enqueue({ byteLength: 0, stream, start, fail: (error) => stream.fail(error) });
  }

  #giveUpStream(stream: OutgoingStream, isTorn: boolean): void {
    const current = this.#current;
    if (current === undefined || !("stream" in current) || current.stream !== stream) {
      // Given up before its turn came, or along with everything else.
      this.#waiting.remove((waiting) => waiting.stream === stream);
      return;
    }
    this.#current = undefined;
    if (!isTorn || !this.#owner.protocol.maySend) return this.#advance();
    // RFC 6455 §5.4 knows no way to take back a message that has begun: the connection must go. First of all, for
    // whoever is told might send another message.
    const waiting = this.#takeWaiting();
    if (this.#atEnd === undefined) this.#owner.onGivenUp();
    else this.#advance();
    for (const each of waiting) each.fail(closed("one before it was given up"));
  }

  /** Lets those that wait begin, one after another, until one of them takes its time. */
  #advance(): void {
    while (this.#current === undefined || this.#current === PIECES) {
      const next = this.#waiting.first;
      if (next === undefined || (this.#current === PIECES && next.isPiece !== true)) break;
      this.#waiting.shift();
      this.#waitingBytes -= next.byteLength;
      next.start();
    }
    // RFC 6455 §5.4: "Control frames (see Section 5.5) MAY be injected in the middle of a fragmented message."
    const isDone = this.#current === undefined || (this.#current === PIECES && this.#waiting.length === 0);
    if (isDone && this.#owner.protocol.maySend) this.#atEnd?.();
  }

  #enqueue(waiting: Waiting): void {
    this.#waiting.push(waiting);
    this.#waitingBytes += waiting.byteLength;
  }

  #takeWaiting(): Waiting[] {
    this.#waitingBytes = 0;
    return this.#waiting.takeAll();
  }
}

/** In bytes; of text at least so many. */
export function sizeOf(message: Message | PreparedMessage): number {
  return message instanceof PreparedMessage ? message.data.length : message.length;
}

/** Why a message does not leave. */
function closed(why: string): ConnectionError {
  return new ConnectionError("CONNECTION_CLOSED", `Cannot send the message: ${why}`);
}
