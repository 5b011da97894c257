// A connection over the browser's own WebSocket: what @ws/connection offers in Node, as far as a browser lets one.
// There are no pings, the server cannot be slowed down, and a dead connection is let go rather than destroyed.
import type { CloseResult, Message, MessageLike, SentCallback } from "@ws/connection";
import type { ClientConnection, ClientConnectionEvents } from "../client-connection.ts";
import { assertCloseArguments } from "../close-arguments.ts";
import { Emitter } from "../emitter.ts";
import { MessageFeed } from "../message-feed.ts";
import { ConnectionError } from "./connection-error.ts";
import { SentWatch } from "./sent-watch.ts";

type NativeWebSocket = InstanceType<typeof globalThis.WebSocket>;

/** The limits of a {@link BrowserConnection}. */
export interface BrowserConnectionLimits {
  readonly maxBufferedBytes: number;
  readonly maxUnreadBytes: number;
  readonly highWaterMarkBytes: number;
  readonly closeTimeoutMs: number;
}

/** An open WebSocket of the browser; get one from `connect`. */
export class BrowserConnection extends Emitter<ClientConnectionEvents> implements ClientConnection {
  readonly protocol: string;
  readonly extensions: string;
  /** Resolves when the connection has ended, and never rejects. */
  readonly closed: Promise<CloseResult>;

  readonly #socket: NativeWebSocket;
  readonly #limits: BrowserConnectionLimits;
  readonly #feed: MessageFeed = new MessageFeed((message) => this.emit("message", message));
  readonly #sentWatch: SentWatch;
  readonly #resolveClosed: (result: CloseResult) => void;
  #closeTimer: ReturnType<typeof setTimeout> | undefined;
  #owesDrain = false;
  #hasEnded = false;

  /** @param socket open, and nobody else's */
  constructor(socket: NativeWebSocket, limits: BrowserConnectionLimits) {
    super();
    this.#socket = socket;
    this.#limits = limits;
    this.#sentWatch = new SentWatch(() => socket.bufferedAmount);
    this.protocol = socket.protocol;
    this.extensions = socket.extensions;
    let resolveClosed!: (result: CloseResult) => void;
    this.closed = new Promise((resolve) => (resolveClosed = resolve));
    this.#resolveClosed = resolveClosed;
    socket.binaryType = "arraybuffer";
    socket.addEventListener("message", ({ data }) => this.#receive(data as string | ArrayBuffer));
    socket.addEventListener("close", ({ code, reason, wasClean }) => this.#end({ code, reason, wasClean }));
  }

  get state(): "open" | "closing" | "closed" {
    if (this.#hasEnded) return "closed";
    return this.#socket.readyState === 1 ? "open" : "closing";
  }

  /** Bytes that were sent and have not left, as far as the browser tells. */
  get bufferedAmount(): number {
    return this.#socket.bufferedAmount;
  }

  /**
   * Sends a message: a string as text, bytes as binary. It is refused where more than `maxBufferedBytes` wait.
   *
   * @param callback told when the bytes reached the transport, or why they never will
   * @returns whether more may be sent at once; after `false` a `drain` follows, or the close
   * @throws TypeError for data of any other type
   */
  send(data: MessageLike, callback?: SentCallback): boolean {
    if (typeof data !== "string" && !(data instanceof ArrayBuffer) && !ArrayBuffer.isView(data)) {
      throw new TypeError(
        `Cannot send data of type ${typeof data}: it must be a string, an ArrayBuffer or a view of one`,
      );
    }
    const { maxBufferedBytes, highWaterMarkBytes } = this.#limits;
    const before = this.bufferedAmount;
    if (this.state !== "open")
      return refuse(callback, "CONNECTION_CLOSED", `the connection is ${this.state}`);
    if (before > maxBufferedBytes) {
      this.#oweDrain();
      return refuse(
        callback,
        "BUFFER_FULL",
        `more than ${maxBufferedBytes} bytes (maxBufferedBytes) wait to leave`,
      );
    }
    this.#socket.send(data);
    // The browser has counted the message, whatever its encoding.
    this.#sentWatch.sent(this.bufferedAmount - before);
    if (callback !== undefined) this.#sentWatch.whenSent(callback);
    if (this.bufferedAmount <= highWaterMarkBytes) return true;
    this.#oweDrain();
    return false;
  }

  /** Sends a message and resolves when its bytes reached the transport; rejects where they never will. */
  sendAsync(data: MessageLike): Promise<void> {
    return new Promise((resolve, reject) => {
      this.send(data, (error) => (error ? reject(error) : resolve()));
    });
  }

  /**
   * Begins the closing handshake, once.
   *
   * @param code 1000 or 3000–4999: browsers send no others
   * @param reason up to 123 bytes of UTF-8
   * @returns how the connection ended; it does not reject
   * @throws RangeError for a code or reason that must not be sent
   */
  close(code = 1000, reason = ""): Promise<CloseResult> {
    assertCloseArguments(code, reason);
    if (!this.#hasEnded) {
      this.#socket.close(code, reason);
      const { closeTimeoutMs } = this.#limits;
      this.#closeTimer ??= setTimeout(
        () => this.#abandon("CLOSE_TIMEOUT", `the closing handshake did not end within ${closeTimeoutMs} ms`),
        closeTimeoutMs,
      );
    }
    return this.closed;
  }

  /** Gives the connection up: it has ended for us, while the browser closes it in its own time. */
  terminate(): void {
    this.#socket.close();
    this.#end({ code: 1006, reason: "", wasClean: false });
  }

  override on<Name extends keyof ClientConnectionEvents>(
    name: Name,
    listener: (...args: ClientConnectionEvents[Name]) => void,
  ): this {
    super.on(name, listener);
    if (name === "message") this.#feed.deliverSoon();
    return this;
  }

  override once<Name extends keyof ClientConnectionEvents>(
    name: Name,
    listener: (...args: ClientConnectionEvents[Name]) => void,
  ): this {
    super.once(name, listener);
    if (name === "message") this.#feed.deliverSoon();
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
    return this.#feed.iterate();
  }

  /** Closes the connection and waits for its end. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #receive(data: string | ArrayBuffer): void {
    this.#feed.push(typeof data === "string" ? data : new Uint8Array(data));
    const { maxUnreadBytes } = this.#limits;
    if (this.#feed.waitingBytes <= maxUnreadBytes) return;
    this.#abandon("BUFFER_FULL", `more than ${maxUnreadBytes} bytes (maxUnreadBytes) wait to be read`);
  }

  #oweDrain(): void {
    if (this.#owesDrain) return;
    this.#owesDrain = true;
    this.#waitForDrain();
  }

  #waitForDrain(): void {
    this.#sentWatch.whenSent((error) => {
      if (error) return;
      // More may have been sent meanwhile.
      if (this.bufferedAmount > this.#limits.highWaterMarkBytes) return this.#waitForDrain();
      this.#owesDrain = false;
      this.emit("drain");
    });
  }

  #abandon(code: "CLOSE_TIMEOUT" | "BUFFER_FULL", why: string): void {
    this.#socket.close();
    const error = new ConnectionError(code, `Cannot keep the connection: ${why}`);
    this.#end({ code: 1006, reason: "", wasClean: false, error });
  }

  #end(result: CloseResult): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    clearTimeout(this.#closeTimer);
    this.#sentWatch.end(
      new ConnectionError("CONNECTION_CLOSED", "Cannot send the message: the connection is closed"),
    );
    this.#feed.end();
    this.#resolveClosed(result);
    this.emit("close", result);
  }
}

/** Tells the caller, after the call, that the message will not leave. */
function refuse(
  callback: SentCallback | undefined,
  code: "CONNECTION_CLOSED" | "BUFFER_FULL",
  why: string,
): false {
  const error = new ConnectionError(code, `Cannot send the message: ${why}`);
  if (callback !== undefined) queueMicrotask(() => callback(error));
  return false;
}
