// The way in: takes events from the protocol as long as somebody, or an inbox, has room for what they bring, and stops the
// transport while nobody has. Owns who gets the messages, whole or as streams, and how much a peer may send a second.
import { CloseCode, type ProtocolError } from "@ws/frame";
import type { ConnectionParts } from "./connection-parts.ts";
import { diagnostics } from "./diagnostics.ts";
import { Inbox, type InboxOwner } from "./inbox.ts";
import { IncomingStreams, type IncomingStreamsOwner } from "./incoming-streams.ts";
import type { Message } from "./message-assembly.ts";
import type { MessageCompression } from "./message-compression.ts";
import type { MessageStream } from "./message-stream.ts";
import type { Meter } from "./meter.ts";
import type { ProtocolEvent } from "./protocol.ts";
import { type RateError, RateLimits } from "./rate-limits.ts";

/** What a {@link Receiver} needs of its connection. */
export interface ReceiverOwner extends ConnectionParts {
  /** Whether we may still send: afterwards what nobody waits for takes no room. */
  readonly maySend: boolean;
  /** Gives a message to the listeners; false when there are none. */
  onMessage(message: Message): boolean;
  hasListener(): boolean;
  onControl(event: Exclude<ProtocolEvent, { type: "message" | "part" }>): void;
  /** What has arrived is dealt with: answers can leave. */
  onReceived(): void;
  /** The transport was left alone, and is read again. */
  onResumed(): void;
}

export class Receiver implements InboxOwner<Message>, IncomingStreamsOwner {
  readonly #owner: ReceiverOwner;
  /** Once a message had to wait, or somebody iterates: with a listener none does. */
  #inbox: Inbox<Message> | undefined;
  /** Once messages are taken as streams. */
  #streams: IncomingStreams | undefined;
  #rates: RateLimits | undefined;

  /** Whether we stopped reading the transport because nobody takes what comes. */
  isStalled = false;
  /** Whether what has arrived is being dealt with. */
  isReceiving = false;
  #isPaused = false;
  #hasTransportEnded = false;
  #hasEnded = false;

  constructor(owner: ReceiverOwner) {
    this.#owner = owner;
    this.#rates = RateLimits.of(owner.limits);
  }

  /** Whether messages come as streams: then nobody gets them whole. */
  get isStreaming(): boolean {
    return this.#streams !== undefined;
  }

  /** Bytes have arrived: they are dealt with at the next `receive`. */
  push(chunk: Uint8Array): void {
    const error = this.#rates?.takeBytes(chunk.length);
    if (error === undefined) this.#owner.protocol.receive(chunk);
    else this.#refuse(error);
  }

  /** The transport has no more for us. */
  transportEnded(): void {
    this.#hasTransportEnded = true;
  }

  /** The limits have changed. */
  limitsChanged(): void {
    this.#rates = RateLimits.of(this.#owner.limits, this.#rates);
    if (this.#inbox !== undefined) this.#inbox.maxBytes = this.#owner.limits.maxMessageBytes;
  }

  pause(): void {
    this.#isPaused = true;
    this.#inbox?.pause();
    this.#streams?.pause();
  }

  resume(): void {
    this.#isPaused = false;
    this.#inbox?.resume();
    this.#streams?.resume();
  }

  /** A listener has come. */
  deliverSoon(): void {
    this.#inbox?.deliverSoon();
  }

  messages(): AsyncIterableIterator<Message> {
    return this.#messages().iterate();
  }

  /**
   * From now on messages are streams, those that wait as well.
   *
   * @throws Error while somebody iterates over whole messages
   */
  messageStreams(): AsyncIterableIterator<MessageStream> {
    if (this.#inbox?.isIterated === true) {
      throw new Error("Cannot take the messages as streams: somebody iterates over them");
    }
    if (this.#streams === undefined) {
      this.#owner.protocol.streamMessages();
      this.#streams = new IncomingStreams(this);
      for (const message of this.#inbox?.takeAll() ?? []) this.#streams.push(message);
      if (!this.#owner.maySend) this.#streams.expand();
      if (this.#isPaused) this.#streams.pause();
      if (this.#hasEnded) this.#streams.end();
    }
    return this.#streams.iterate();
  }

  /** Makes room for all that may still come, for the answer to our close frame lies behind it. */
  expand(): void {
    this.#inbox?.expand();
    this.#streams?.expand();
    if (this.isStalled) this.receive();
  }

  /** Nothing comes any more; what waits can still be taken. */
  end(): void {
    this.#hasEnded = true;
    this.#inbox?.end();
    this.#streams?.end();
  }

  /** Takes events from the protocol as long as there is room for them. */
  receive(): void {
    // A listener that sends, closes or reads calls back in here; the loop that is running goes on anyway.
    if (this.isReceiving) return;
    this.isReceiving = true;
    try {
      while (this.#hasRoom()) {
        const event = this.#owner.protocol.next();
        if (event === undefined) {
          if (this.#hasTransportEnded) this.#owner.protocol.receiveEnd();
          break;
        }
        this.#dispatch(event);
      }
    } finally {
      // Whatever a compression of the application's may throw: what was answered before has been promised to leave.
      this.isReceiving = false;
      this.#finishReceiving();
    }
  }

  #finishReceiving(): void {
    // What has begun to arrive will not end.
    if (!this.#owner.protocol.mayReceive) this.#streams?.breakOff();
    this.#regulate();
    this.#owner.onReceived();
  }

  // What inboxes and streams ask

  emit(message: Message): boolean {
    return this.#owner.onMessage(message);
  }

  hasListener(): boolean {
    return this.#owner.hasListener();
  }

  onRoom(): void {
    if (this.isStalled) process.nextTick(() => this.receive());
  }

  get maxMessageBytes(): number {
    return this.#owner.limits.maxMessageBytes;
  }

  get compression(): MessageCompression | undefined {
    return this.#owner.protocol.compression;
  }

  get inflated(): Meter {
    return this.#owner.protocol.inflated;
  }

  /** What arrived turned out to be no message while it was read. */
  onInvalid(error: ProtocolError): void {
    this.#owner.protocol.fail(error, error.closeCode);
    this.#owner.onControl({ type: "error", error });
    this.receive();
  }

  #hasRoom(): boolean {
    // A destroyed transport brings no more, so what it brought must fit; and what nobody wants takes no room.
    return !this.#isFull() || this.#owner.duplex.destroyed || this.#isUnwanted();
  }

  #isFull(): boolean {
    return this.#inbox?.isFull === true || this.#streams?.isFull === true;
  }

  /** Whether we are closing, and nobody is there to take a message. */
  #isUnwanted(): boolean {
    if (this.#owner.maySend || this.#streams?.hasConsumer === true) return false;
    return this.#inbox === undefined ? !this.#owner.hasListener() : !this.#inbox.hasConsumer;
  }

  #dispatch(event: ProtocolEvent): void {
    const error = this.#rateError(event);
    if (error !== undefined) this.#refuse(error);
    else if (event.type === "message") this.#receiveMessage(event.data);
    else if (event.type === "part") this.#receivePart(event);
    else this.#owner.onControl(event);
  }

  #rateError(event: ProtocolEvent): RateError | undefined {
    if (this.#rates === undefined || event.type === "close" || event.type === "error") return undefined;
    if (event.type === "ping" || event.type === "pong") return this.#rates.takeControlFrame();
    return event.type === "part" && !event.isFirst ? undefined : this.#rates.takeMessage();
  }

  #refuse(error: RateError): void {
    this.#owner.protocol.fail(error, CloseCode.policyViolation);
    diagnostics.limitExceeded(this.#owner.connection, error.limit, error);
  }

  #receiveMessage(message: Message): void {
    diagnostics.messageReceived(this.#owner.connection, message);
    if (this.#inbox === undefined && this.#streams === undefined) {
      if (!this.#isPaused && this.#owner.onMessage(message)) return;
    } else if (this.#isFull() && this.#isUnwanted()) {
      return;
    }
    if (this.#streams === undefined) this.#messages().push(message);
    else this.#streams.push(message);
  }

  /** Where messages wait. */
  #messages(): Inbox<Message> {
    if (this.#inbox !== undefined) return this.#inbox;
    const inbox = new Inbox<Message>(this.#owner.limits.maxMessageBytes, this);
    if (!this.#owner.maySend) inbox.expand();
    if (this.#isPaused) inbox.pause();
    if (this.#hasEnded) inbox.end();
    this.#inbox = inbox;
    return inbox;
  }

  #receivePart(part: Extract<ProtocolEvent, { type: "part" }>): void {
    const streams = this.#streams!;
    const message = streams.receive(part);
    if (message !== undefined) diagnostics.messageReceived(this.#owner.connection, message);
    if (this.#isFull() && this.#isUnwanted()) streams.discard();
  }

  /** Stops and resumes the reading of the transport. */
  #regulate(): void {
    const mustStall = !this.#hasRoom() && this.#owner.protocol.mayReceive;
    if (mustStall === this.isStalled) return;
    this.isStalled = mustStall;
    diagnostics.stalled(this.#owner.connection, mustStall);
    if (mustStall) return void this.#owner.duplex.pause();
    this.#owner.duplex.resume();
    this.#owner.onResumed();
  }
}
