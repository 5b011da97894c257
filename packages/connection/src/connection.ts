// A WebSocket over any Node Duplex: binds the pure protocol to a stream, its timers and its consumers.
// Knows nothing of HTTP, listening or dialling: it begins where the opening handshake has ended.
import { EventEmitter } from "node:events";
import type { Duplex } from "node:stream";
import { CloseCode, Opcode, type Role } from "@ws/frame";
import type { CloseResult } from "./close-result.ts";
import { ConnectionError, type ConnectionErrorCode } from "./connection-error.ts";
import {
  type ConnectionOptions,
  type ResolvedConnectionOptions,
  resolveConnectionOptions,
} from "./connection-options.ts";
import { Inbox } from "./inbox.ts";
import { KeepAlive } from "./keep-alive.ts";
import type { Message } from "./message-assembly.ts";
import { toMessage, type MessageLike } from "./message-like.ts";
import type { MessageCompression } from "./message-compression.ts";
import { Outbox, type SentCallback } from "./outbox.ts";
import { PreparedMessage } from "./prepared-message.ts";
import { Protocol, type ProtocolEvent } from "./protocol.ts";
import { reportUncaught } from "./report.ts";

/** What the opening handshake hands over to a {@link Connection}. */
export interface ConnectionInit extends ConnectionOptions {
  /** Who we are on this connection. */
  readonly role: Role;
  /** The subprotocol that was agreed; `""` for none. */
  readonly protocol?: string;
  /** The extensions that were agreed, as the header said it; `""` for none. */
  readonly extensions?: string;
  /** The compression among them. Default: none. */
  readonly compression?: MessageCompression;
  /** Bytes that were read behind the opening handshake: the peer's first frames. */
  readonly head?: Uint8Array;
}

/** How one message is sent. */
export interface SendOptions {
  /** `false` sends it as it is, even where compression was agreed. Default: `true`. */
  readonly compress?: boolean;
  /** Called when the bytes reached the transport, or with the error that kept them from it. */
  readonly callback?: SentCallback;
}

/** The events of a {@link Connection}. There is no `error` event: what goes wrong is in the result of `close`. */
export interface ConnectionEvents {
  /** A whole message: text as a string, binary as bytes. */
  message: [data: Message];
  /** A ping, which has been answered already. */
  ping: [data: Uint8Array];
  pong: [data: Uint8Array];
  /** After `send` returned `false`: there is room again. */
  drain: [];
  /** The end; nothing comes after it. */
  close: [result: CloseResult];
}

/**
 * One WebSocket connection.
 *
 * Messages are consumed either by a `message` listener or by `for await`; as long as there is neither, up to 16 of
 * them wait and then the transport is not read any further, so nothing is lost and nothing piles up.
 *
 * @example
 * ```ts
 * connection.on("message", (data) => connection.send(data));
 * const { code, wasClean } = await connection.closed;
 * ```
 */
export class Connection extends EventEmitter<ConnectionEvents> implements AsyncDisposable {
  /** The subprotocol that was agreed in the opening handshake; `""` for none. */
  readonly protocol: string;
  /** The extensions that were agreed, as the header said it; `""` for none. */
  readonly extensions: string;

  readonly #duplex: Duplex;
  readonly #protocol: Protocol;
  readonly #outbox: Outbox;
  readonly #inbox: Inbox;
  readonly #keepAlive: KeepAlive;
  readonly #options: ResolvedConnectionOptions;

  /** We stopped reading the transport because nobody takes what comes. */
  #isStalled = false;
  #isReceiving = false;
  #owesDrain = false;

  #closeTimer: NodeJS.Timeout | undefined;
  #transportError: Error | undefined;
  #hasTransportEnded = false;
  #result: CloseResult | undefined;
  #closed: Promise<CloseResult> | undefined;
  #resolveClosed: ((result: CloseResult) => void) | undefined;

  /**
   * @param duplex carries the bytes; the connection is its only reader and writer from now on
   * @throws RangeError or TypeError for an option that makes no sense
   */
  constructor(duplex: Duplex, init: ConnectionInit) {
    super();
    const options = resolveConnectionOptions(init.role, init);
    this.protocol = init.protocol ?? "";
    this.extensions = init.extensions ?? "";
    this.#options = options;
    this.#duplex = duplex;
    this.#protocol = new Protocol({
      role: init.role,
      maxMessageBytes: options.maxMessageBytes,
      ...(init.compression !== undefined && { compression: init.compression }),
    });
    this.#inbox = new Inbox(options.maxMessageBytes, {
      emit: (message) => this.#tell("message", message),
      hasListener: () => this.listenerCount("message") > 0,
      onRoom: () => {
        if (this.#isStalled) process.nextTick(() => this.#receive());
      },
    });
    this.#outbox = new Outbox(duplex, this.#protocol.output, options.highWaterMarkBytes, () =>
      this.#onRelief(),
    );
    this.#keepAlive = new KeepAlive(options.pingIntervalMs, options.pongTimeoutMs, {
      ping: () => this.ping(),
      giveUp: () =>
        this.#abort("KEEP_ALIVE_TIMEOUT", `no byte arrived within ${options.pongTimeoutMs} ms after a ping`),
      isReading: () => !this.#isStalled,
    });

    duplex.on("data", (chunk: Uint8Array) => {
      this.#keepAlive.heard();
      this.#protocol.receive(chunk);
      this.#receive();
    });
    duplex.on("end", () => {
      this.#hasTransportEnded = true;
      this.#receive();
    });
    duplex.on("error", (error: Error) => {
      this.#transportError ??= error;
      duplex.destroy();
    });
    duplex.on("close", () => this.#finish());
    // Listening for data does not set a stream going that somebody had paused.
    duplex.resume();

    const hasClosed = duplex.destroyed && duplex.closed;
    this.#transportError = duplex.errored ?? undefined;
    this.#hasTransportEnded = hasClosed || duplex.readableEnded;
    if (init.head !== undefined && init.head.length > 0) this.#protocol.receive(init.head);
    // Whoever constructs us must be able to add listeners before the first event. The transport's own events may be
    // over by now, if it was waited for something between the opening handshake and us.
    process.nextTick(() => (hasClosed ? this.#finish() : this.#receive()));
  }

  /** `"open"`, `"closing"` from the first close frame of either side, `"closed"` when the transport has ended. */
  get state(): "open" | "closing" | "closed" {
    return this.#protocol.state;
  }

  /** Bytes that were sent and have not reached the transport. */
  get bufferedAmount(): number {
    return this.#outbox.bufferedBytes;
  }

  /** Resolves when the connection has ended, and never rejects. */
  get closed(): Promise<CloseResult> {
    this.#closed ??= new Promise((resolve) => {
      if (this.#result === undefined) this.#resolveClosed = resolve;
      else resolve(this.#result);
    });
    return this.#closed;
  }

  /**
   * Sends a message: a string as text, bytes as binary. Bytes are not copied where that can be avoided, so they must
   * not change before they have left.
   *
   * @param options or only its `callback`
   * @returns whether more may be sent at once; after `false` a `drain` follows, or the close
   * @throws TypeError for data of any other type
   */
  send(data: MessageLike | PreparedMessage, options?: SendOptions | SentCallback): boolean {
    const { callback, compress } = typeof options === "function" ? { callback: options } : (options ?? {});
    const message = data instanceof PreparedMessage ? data : toMessage(data);
    if (!this.#protocol.maySend)
      return refuse(callback, "CONNECTION_CLOSED", `the connection is ${this.state}`);
    const { maxBufferedBytes } = this.#options;
    if (this.#outbox.bufferedBytes > maxBufferedBytes) {
      void this.close(CloseCode.tryAgainLater, "Too many bytes wait to be read");
      return refuse(
        callback,
        "BUFFER_FULL",
        `more than ${maxBufferedBytes} bytes (maxBufferedBytes) wait to be read`,
      );
    }
    this.#protocol.send(message, compress);
    this.#outbox.schedule(callback);
    if (!this.#outbox.isBackedUp) return true;
    this.#owesDrain = true;
    return false;
  }

  /** A message for many connections, encoded once by the first that sends it: `send` takes it like any other. */
  prepare(data: MessageLike): PreparedMessage {
    return new PreparedMessage(toMessage(data));
  }

  /** Sends a message and resolves when its bytes reached the transport; rejects where they never will. */
  sendAsync(data: MessageLike | PreparedMessage, options?: Omit<SendOptions, "callback">): Promise<void> {
    return new Promise((resolve, reject) => {
      this.send(data, { ...options, callback: (error) => (error ? reject(error) : resolve()) });
    });
  }

  /**
   * Sends a ping (RFC 6455 §5.5.2).
   *
   * @throws RangeError for more than 125 bytes; TypeError for data that is neither a string nor bytes
   */
  ping(data: MessageLike = ""): void {
    this.#protocol.sendControl(Opcode.ping, toMessage(data));
    this.#outbox.schedule();
  }

  /** Sends a pong nobody asked for (RFC 6455 §5.5.3): a heartbeat without an answer. Throws as `ping` does. */
  pong(data: MessageLike = ""): void {
    this.#protocol.sendControl(Opcode.pong, toMessage(data));
    this.#outbox.schedule();
  }

  /**
   * Begins the closing handshake, once; messages that the peer sent before it answers are still delivered.
   *
   * @param code 1000–1003, 1007–1014 or 3000–4999
   * @param reason up to 123 bytes of UTF-8
   * @returns how the connection ended; it does not reject
   * @throws RangeError or TypeError for a code or reason that must not be sent (RFC 6455 §7.4)
   */
  close(code: number = CloseCode.normal, reason?: string): Promise<CloseResult> {
    this.#protocol.close(code, reason);
    this.#outbox.schedule();
    this.#startCloseTimer();
    this.#inbox.expand();
    if (this.#isStalled) this.#receive();
    return this.closed;
  }

  /** Destroys the transport at once, without a word to the peer. */
  terminate(): void {
    this.#duplex.destroy();
  }

  /** Stops the delivery of messages. A few are still read, then the transport is left alone. */
  pause(): void {
    this.#inbox.pause();
  }

  /** Goes on with the delivery of messages. */
  resume(): void {
    this.#inbox.resume();
  }

  override on<Name extends keyof ConnectionEvents>(
    name: Name,
    listener: (...args: ConnectionEvents[Name]) => void,
  ): this {
    super.on(name, listener as never);
    if (name === "message") this.#inbox.deliverSoon();
    return this;
  }

  override addListener<Name extends keyof ConnectionEvents>(
    name: Name,
    listener: (...args: ConnectionEvents[Name]) => void,
  ): this {
    return this.on(name, listener);
  }

  override prependListener<Name extends keyof ConnectionEvents>(
    name: Name,
    listener: (...args: ConnectionEvents[Name]) => void,
  ): this {
    super.prependListener(name, listener as never);
    if (name === "message") this.#inbox.deliverSoon();
    return this;
  }

  /**
   * The messages, pulled one by one; ends when the connection has ended. Leaving the loop leaves the connection open.
   *
   * @throws Error while a `message` listener takes the messages
   */
  [Symbol.asyncIterator](): AsyncIterableIterator<Message> {
    if (this.listenerCount("message") > 0) {
      throw new Error("Cannot iterate over the messages: a message listener takes them");
    }
    return this.#inbox.iterate();
  }

  /** Closes the connection and waits for its end. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  // Receiving: transport → protocol → inbox → listener or iterator

  /** Takes events from the protocol as long as somebody, or the inbox, has room for them. */
  #receive(): void {
    // A listener that sends, closes or reads calls back in here; the loop that is running goes on anyway.
    if (this.#isReceiving) return;
    this.#isReceiving = true;
    try {
      while (this.#hasRoom()) {
        const event = this.#protocol.next();
        if (event === undefined) {
          if (this.#hasTransportEnded) this.#protocol.receiveEnd();
          break;
        }
        this.#dispatch(event);
      }
    } finally {
      this.#isReceiving = false;
    }
    this.#regulate();
    // The answers to a chunk, ours and the application's, leave together and now.
    this.#outbox.flush();
    this.#protocol.holdPongs(this.#outbox.isTransportBackedUp);
    if (this.#protocol.mustEndTransport) this.#endTransport();
  }

  /** A destroyed transport brings no more, so what it brought must fit; and what nobody wants takes no room. */
  #hasRoom(): boolean {
    return !this.#inbox.isFull || this.#duplex.destroyed || this.#isUnwanted();
  }

  /** Whether we are closing, and nobody is there to take a message. */
  #isUnwanted(): boolean {
    return !this.#protocol.maySend && !this.#inbox.hasConsumer;
  }

  #dispatch(event: ProtocolEvent): void {
    if (event.type === "message") this.#receiveMessage(event.data);
    else if (event.type === "ping") this.#tell("ping", event.data);
    else if (event.type === "pong") this.#tell("pong", event.data);
    else this.#startCloseTimer();
  }

  #receiveMessage(message: Message): void {
    if (!this.#inbox.isFull || !this.#isUnwanted()) this.#inbox.push(message);
  }

  /** Stops and resumes the reading of the transport. */
  #regulate(): void {
    const mustStall = !this.#hasRoom() && this.#protocol.mayReceive;
    if (mustStall && !this.#isStalled) {
      this.#isStalled = true;
      this.#duplex.pause();
    } else if (this.#isStalled && !mustStall) {
      this.#isStalled = false;
      // What we did not read cannot prove the peer dead: its time begins now.
      this.#keepAlive.heard();
      this.#duplex.resume();
    }
  }

  // Sending

  /** Bytes reached the transport. */
  #onRelief(): void {
    // A peer that still reads gets the time that takes.
    this.#closeTimer?.refresh();
    if (!this.#outbox.isTransportBackedUp) this.#protocol.holdPongs(false);
    if (this.#protocol.output.byteLength > 0) this.#outbox.schedule();
    if (this.#owesDrain && !this.#outbox.isBackedUp) {
      this.#owesDrain = false;
      this.#tell("drain");
    }
  }

  // Closing

  #startCloseTimer(): void {
    if (this.#closeTimer !== undefined || this.#result !== undefined) return;
    this.#keepAlive.stop();
    const { closeTimeoutMs } = this.#options;
    this.#closeTimer = setTimeout(() => {
      this.#abort("CLOSE_TIMEOUT", `the closing handshake did not end within ${closeTimeoutMs} ms`);
    }, closeTimeoutMs);
    this.#closeTimer.unref();
  }

  /** Ends our side, and reads the peer's to its end: unread bytes would turn our last ones into a reset. */
  #endTransport(): void {
    this.#startCloseTimer();
    if (!this.#duplex.writableEnded) this.#duplex.end();
    this.#duplex.resume();
  }

  #abort(code: ConnectionErrorCode, why: string): void {
    this.#transportError ??= new ConnectionError(code, `Cannot keep the connection: ${why}`);
    this.terminate();
  }

  #finish(): void {
    if (this.#result !== undefined) return;
    this.#hasTransportEnded = true;
    this.#receive();
    clearTimeout(this.#closeTimer);
    this.#keepAlive.stop();

    const result = this.#protocol.result;
    const wasClean = result.wasClean && this.#outbox.isConfirmed;
    const error = result.error ?? (wasClean ? undefined : this.#transportError);
    this.#result = error === undefined ? { ...result, wasClean } : { ...result, wasClean, error };
    this.#outbox.abandon();
    this.#inbox.end();
    this.#resolveClosed?.(this.#result);
    this.#tell("close", this.#result);
  }

  /** Tells the listeners, whose exceptions are theirs. */
  #tell(name: "close", data: CloseResult): boolean;
  #tell(name: "drain"): boolean;
  #tell(name: "message" | "ping" | "pong", data: Message): boolean;
  #tell(name: keyof ConnectionEvents, data?: unknown): boolean {
    try {
      return this.emit(name, data as never);
    } catch (error) {
      reportUncaught(error);
      return true;
    }
  }
}

/** Tells the caller, after the call, that the message will not leave. */
function refuse(callback: SentCallback | undefined, code: ConnectionErrorCode, why: string): false {
  const error = new ConnectionError(code, `Cannot send the message: ${why}`);
  if (callback !== undefined) process.nextTick(callback, error);
  return false;
}
