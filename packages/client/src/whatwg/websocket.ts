// The WebSocket class of the WebSockets standard (https://websockets.spec.whatwg.org/) on top of `connect`: for code
// that was written for browsers. Whatever it tells, it tells in a task of its own, as the standard's event loop does.
import { Buffer } from "node:buffer";
import type { CloseResult, Connection, Message } from "@ws/connection";
import type { ConnectOptions } from "../connect-options.ts";
import { resolvePlan } from "../connect-plan.ts";
import { connect } from "../connect.ts";
import { CloseEvent } from "./close-event.ts";
import { defineEventHandlers, type EventHandler } from "./event-handlers.ts";
import { SendOrder } from "./send-order.ts";
import { assertUrlGiven, parseCloseArguments, parseProtocols, parseUrl } from "./websocket-arguments.ts";

const CONNECTING = 0;
const OPEN = 1;
const CLOSING = 2;
const CLOSED = 3;

const LOST: CloseResult = { code: 1006, reason: "", wasClean: false };

/** What a browser has no say in: {@link ConnectOptions} without what the standard itself provides. */
export type WebSocketOptions = Omit<ConnectOptions, "protocols" | "signal">;

/** The events of a {@link WebSocket}, by name. */
export interface WebSocketEventMap {
  open: Event;
  message: MessageEvent;
  error: Event;
  close: CloseEvent;
}

type Listener<HandledEvent> =
  | ((event: HandledEvent) => unknown)
  | { handleEvent(event: HandledEvent): unknown };
type ListenerOptions =
  | boolean
  | { capture?: boolean; once?: boolean; passive?: boolean; signal?: AbortSignal };

/**
 * The `WebSocket` that browsers have.
 *
 * It differs from theirs where Node does: there is no base for relative URLs, no `Origin` unless it is given, no blocked
 * port, and compression is offered only when asked for. An `error` event says
 * nothing, as the standard wants it: what went wrong can be had from {@link connect}.
 *
 * @example
 * ```ts
 * const socket = new WebSocket("wss://example.org/chat", "chat");
 * socket.onopen = () => socket.send("hello");
 * socket.onmessage = ({ data }) => console.log(data);
 * ```
 */
export class WebSocket extends EventTarget {
  declare static readonly CONNECTING: 0;
  declare static readonly OPEN: 1;
  declare static readonly CLOSING: 2;
  declare static readonly CLOSED: 3;
  declare readonly CONNECTING: 0;
  declare readonly OPEN: 1;
  declare readonly CLOSING: 2;
  declare readonly CLOSED: 3;

  /** Called when the connection is open. Default: `null`. */
  declare onopen: EventHandler<Event>;
  /** Called for each message, which is its `data`. Default: `null`. */
  declare onmessage: EventHandler<MessageEvent>;
  /** Called before a `close` that is a failure; it says nothing of the cause. Default: `null`. */
  declare onerror: EventHandler<Event>;
  /** Called once, at the end. Default: `null`. */
  declare onclose: EventHandler<CloseEvent>;

  readonly #url: URL;
  readonly #sendOrder = new SendOrder();
  /** Gives up the opening handshake. */
  readonly #opening = new AbortController();
  #connection: Connection | undefined;
  #readyState: 0 | 1 | 2 | 3 = CONNECTING;
  #protocol = "";
  #extensions = "";
  #binaryType: "blob" | "arraybuffer" = "blob";
  #bufferedAmount = 0;
  /** Messages that have been received, and whose tasks have not run. */
  #undelivered = 0;
  /** The connection was failed, by RFC 6455 or by the standard: an `error` comes before the `close`. */
  #hasFailed = false;
  /** We gave it up: whatever the server may have said since, nobody has heard it. */
  #isGivenUp = false;

  /**
   * Begins to connect at once.
   *
   * @param url absolute; `http:` and `https:` stand for `ws:` and `wss:`
   * @param protocols subprotocols to offer; the connection fails unless the server chooses one of them
   * @param options for Node only: a browser ignores a third argument, as is done here with one that is no object
   * @throws DOMException `SyntaxError` for a URL or a subprotocol that is none; TypeError without a URL; TypeError or RangeError
   * for options that make no sense
   */
  constructor(url: string | URL, protocols: string | Iterable<string> = [], options: WebSocketOptions = {}) {
    assertUrlGiven(arguments.length);
    super();
    this.#url = parseUrl(url);
    const offered = parseProtocols(protocols);
    // What is wrong with the options must be told here: no event would say it.
    const plan = typeof options === "object" ? options : {};
    resolvePlan(this.#url, plan);
    void this.#establish(offered, plan);
  }

  /** The URL, made absolute, with `ws:` or `wss:`. */
  get url(): string {
    return this.#url.href;
  }

  /** `CONNECTING` (0), `OPEN` (1), `CLOSING` (2) or `CLOSED` (3). */
  get readyState(): 0 | 1 | 2 | 3 {
    // The server's close frame has its turn behind the messages that came before it.
    const isClosing = this.#undelivered === 0 && this.#connection?.state !== "open";
    return this.#readyState === OPEN && isClosing ? CLOSING : this.#readyState;
  }

  /** The subprotocol that the server chose; `""` before the connection is open, and when none was offered. */
  get protocol(): string {
    return this.#protocol;
  }

  /** The extensions that the server agreed to, as its header said it; `""` for none. */
  get extensions(): string {
    return this.#extensions;
  }

  /** Bytes of messages, without framing, that were sent and have not reached the transport; never shrinks once closed. */
  get bufferedAmount(): number {
    return this.#bufferedAmount;
  }

  /** What binary messages are delivered as. Default: `"blob"`. */
  get binaryType(): "blob" | "arraybuffer" {
    return this.#binaryType;
  }

  set binaryType(value: "blob" | "arraybuffer") {
    // Web IDL: an attribute of an enumeration ignores what is none of its values.
    if (value === "blob" || value === "arraybuffer") this.#binaryType = value;
  }

  /**
   * Sends a message: a string as text, anything else as binary. Once the socket is closing it is counted and dropped.
   *
   * @throws DOMException `InvalidStateError` while connecting
   */
  send(data: string | ArrayBuffer | ArrayBufferView | Blob): void {
    if (arguments.length === 0) throw new TypeError("Cannot send a message: there is none");
    if (this.#readyState === CONNECTING) {
      throw new DOMException("Cannot send a message: the WebSocket is connecting", "InvalidStateError");
    }
    const message = data instanceof Blob ? data : toMessage(data);
    const size = sizeOf(message);
    this.#bufferedAmount += size;
    if (this.readyState !== OPEN) return;
    if (message instanceof Blob) {
      this.#sendOrder.add(() =>
        message.arrayBuffer().then(
          (bytes) => this.#transmit(new Uint8Array(bytes), size),
          () => this.#fail(),
        ),
      );
    } else {
      // The standard sends what the bytes are now; here or in the connection they may have to wait.
      const kept = typeof message === "string" ? message : message.slice();
      this.#sendOrder.add(() => this.#transmit(kept, size));
    }
  }

  /**
   * Begins the closing handshake, behind everything that was sent; while connecting it gives up instead.
   *
   * @throws DOMException `InvalidAccessError` for a code that is neither 1000 nor within 3000–4999; `SyntaxError` for a
   * reason of more than 123 bytes
   */
  close(code?: number, reason?: string): void {
    const parsed = parseCloseArguments(code, reason);
    if (this.#readyState === CONNECTING) {
      this.#readyState = CLOSING;
      this.#opening.abort();
      this.#fail();
    } else if (this.#readyState === OPEN) {
      this.#readyState = CLOSING;
      this.#sendOrder.add(() => void this.#connection?.close(parsed.code, parsed.reason));
    }
  }

  override addEventListener<Type extends keyof WebSocketEventMap>(
    type: Type,
    listener: Listener<WebSocketEventMap[Type]> | null,
    options?: ListenerOptions,
  ): void;
  override addEventListener(type: string, listener: Listener<Event> | null, options?: ListenerOptions): void;
  override addEventListener(type: string, listener: unknown, options?: ListenerOptions): void {
    super.addEventListener(type, listener as never, options);
  }

  override removeEventListener<Type extends keyof WebSocketEventMap>(
    type: Type,
    listener: Listener<WebSocketEventMap[Type]> | null,
    options?: ListenerOptions,
  ): void;
  override removeEventListener(
    type: string,
    listener: Listener<Event> | null,
    options?: ListenerOptions,
  ): void;
  override removeEventListener(type: string, listener: unknown, options?: ListenerOptions): void {
    super.removeEventListener(type, listener as never, options);
  }

  get [Symbol.toStringTag](): string {
    return "WebSocket";
  }

  async #establish(protocols: readonly string[], options: WebSocketOptions): Promise<void> {
    try {
      const { signal } = this.#opening;
      const connection = await connect(this.#url, { ...options, protocols, signal });
      this.#connection = connection;
      // Each task runs behind those queued before it, and microtasks run in between: what a listener awaits is there
      // before the next message is.
      queueTask(() => this.#open(connection));
      connection.on("message", (data) => {
        this.#undelivered++;
        queueTask(() => this.#receive(data));
      });
      connection.on("close", (result) => queueTask(() => this.#finish(result)));
      // The standard, "establish a WebSocket connection": a server that chooses none of the subprotocols offered fails
      // the connection, which RFC 6455 leaves to the application.
      const isUnanswered = protocols.length > 0 && connection.protocol === "";
      if (isUnanswered || this.#readyState !== CONNECTING) this.#fail();
    } catch {
      this.#fail();
      queueTask(() => this.#finish(LOST));
    }
  }

  #open({ protocol, extensions }: Connection): void {
    if (this.#isGivenUp) return;
    this.#readyState = OPEN;
    this.#protocol = protocol;
    this.#extensions = extensions;
    this.dispatchEvent(new Event("open"));
  }

  #receive(data: Message): void {
    if (this.#readyState === OPEN) {
      this.dispatchEvent(
        new MessageEvent("message", {
          data: typeof data === "string" ? data : toBinary(data, this.#binaryType),
          origin: this.#url.origin,
        }),
      );
    }
    this.#undelivered--;
  }

  #transmit(message: Message, size: number): undefined {
    this.#connection?.send(message, (error) => {
      // The standard: the amount is that of "the last time the event loop reached step 1", so it shrinks between tasks.
      if (!error) queueTask(() => (this.#bufferedAmount -= size));
      // The standard's "flagged as full"; where `whenBufferFull` has the message dropped, nothing has failed.
      else if ("code" in error && error.code === "BUFFER_FULL" && this.readyState !== OPEN)
        this.#hasFailed = true;
    });
  }

  #fail(): void {
    this.#hasFailed = true;
    this.#isGivenUp = true;
    this.#connection?.terminate();
  }

  #finish(result: CloseResult): void {
    const { code, reason, wasClean, error } = this.#isGivenUp ? LOST : result;
    // RFC 6455 §7.2.1: "If at any point the underlying transport layer connection is unexpectedly lost, the client MUST _Fail the WebSocket Connection_."
    const wasLost = this.#readyState === OPEN && code === 1006;
    this.#readyState = CLOSED;
    if (this.#hasFailed || wasLost || error !== undefined) this.dispatchEvent(new Event("error"));
    this.dispatchEvent(new CloseEvent("close", { code, reason, wasClean }));
  }
}

// What Web IDL has and a class has not: constants, and members that can be enumerated.
for (const [value, name] of ["CONNECTING", "OPEN", "CLOSING", "CLOSED"].entries()) {
  for (const target of [WebSocket, WebSocket.prototype]) {
    Object.defineProperty(target, name, { value, enumerable: true });
  }
}
defineEventHandlers(WebSocket.prototype, ["open", "message", "error", "close"]);
for (const name of [
  "url",
  "readyState",
  "protocol",
  "extensions",
  "bufferedAmount",
  "binaryType",
  "send",
  "close",
]) {
  Object.defineProperty(WebSocket.prototype, name, { enumerable: true });
}

/** A task of the event loop: microtasks, and Node's ticks, all run before the next one. */
function queueTask(task: () => void): void {
  setImmediate(task);
}

/** Web IDL's `(BufferSource or USVString)`: whatever is not bytes becomes a string. */
function toMessage(data: unknown): Message {
  if (ArrayBuffer.isView(data)) return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  return data instanceof ArrayBuffer ? new Uint8Array(data) : String(data);
}

function sizeOf(message: Message | Blob): number {
  if (typeof message === "string") return Buffer.byteLength(message);
  return message instanceof Blob ? message.size : message.byteLength;
}

function toBinary(data: Uint8Array, type: "blob" | "arraybuffer"): Blob | ArrayBuffer {
  // A message may be a view of a larger chunk: whoever gets the buffer gets nothing else.
  return type === "blob" ? new Blob([data]) : data.slice().buffer;
}
