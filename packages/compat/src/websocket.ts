// The class WebSocket as the package `ws` documents it: a Connection behind the names, arguments and events of `ws`.
// How a client comes to its connection is client-handshake.ts; a server hands one over.
import { EventEmitter } from "node:events";
import type { ClientRequest, IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import {
  CloseCode,
  type CloseResult,
  type ClosingSign,
  Connection,
  type Message,
  ProtocolError,
  TextBytes,
} from "@ws/connection";
import {
  BINARY_TYPES,
  type BinaryType,
  type BufferLike,
  EMPTY,
  type RawData,
  toBuffer,
  toRawData,
} from "./bytes.ts";
import { ClientHandshake, type HandshakeOwner } from "./client-handshake.ts";
import { readCloseArguments } from "./close-arguments.ts";
import { Deliveries } from "./deliveries.ts";
import {
  addHandler,
  type AddEventListenerOptions,
  attributeOf,
  type CloseEvent,
  type ErrorEvent,
  type Event,
  EVENT_NAMES,
  type EventHandler,
  type EventSource,
  type MessageEvent,
  removeHandler,
  setAttribute,
} from "./event-target.ts";
import {
  type ClientOptions,
  type CommonOptions,
  type HandshakeResult,
  resolveSettings,
  type ServerOptions,
  type VerifyClientCallbackAsync,
  type VerifyClientCallbackSync,
  type WebSocketConstructor,
} from "./options.ts";
import { Outgoing, type SendCallback, type SendOptions, STATES } from "./outgoing.ts";
import type { extension } from "./extension.ts";
import type { PerMessageDeflateOptions } from "./per-message-deflate.ts";
import { ReceiverLimits } from "./receiver-limits.ts";
import { FrameSender, type Sender } from "./sender.ts";
import type { subprotocol } from "./subprotocol.ts";
import type { createWebSocketStream } from "./websocket-stream.ts";
import type { WebSocketServer } from "./websocket-server.ts";
import { toWsError } from "./ws-error.ts";

/** The arguments of the events. */
export interface WebSocketEvents {
  /** It is open. */
  open: [];
  /** A message; as text, too, by default a Buffer. */
  message: [data: RawData, isBinary: boolean];
  /** A ping, which is answered already unless `autoPong` is off. */
  ping: [data: Buffer];
  /** A pong, asked for or not. */
  pong: [data: Buffer];
  /** The end. */
  close: [code: number, reason: Buffer];
  /** What went wrong; a `close` follows. Without a listener it is thrown. */
  error: [error: Error];
  /** Of a client: the response that opens it. */
  upgrade: [response: IncomingMessage];
  /** Of a client that follows redirects: the next request, not sent yet. */
  redirect: [url: string, request: ClientRequest];
  /** Of a client: another response than the one that opens it. Without a listener it is an `error`. */
  "unexpected-response": [request: ClientRequest, response: IncomingMessage];
}

let setSocket: (websocket: WebSocket, result: HandshakeResult) => void;

/** Makes a WebSocket that a server created an open one. */
export function open(websocket: WebSocket, result: HandshakeResult): void {
  setSocket(websocket, result);
}

/**
 * A WebSocket, as the package `ws` has it.
 *
 * @example
 * ```ts
 * const ws = new WebSocket("ws://localhost:8080");
 * ws.on("open", () => ws.send("hello"));
 * ws.on("message", (data, isBinary) => console.log(data.toString()));
 * ```
 */
export class WebSocket extends EventEmitter<WebSocketEvents> {
  declare static readonly CONNECTING: 0;
  declare static readonly OPEN: 1;
  declare static readonly CLOSING: 2;
  declare static readonly CLOSED: 3;
  declare readonly CONNECTING: 0;
  declare readonly OPEN: 1;
  declare readonly CLOSING: 2;
  declare readonly CLOSED: 3;

  declare static readonly createWebSocketStream: typeof createWebSocketStream;
  declare static readonly extension: typeof extension;
  declare static readonly Sender: typeof Sender;
  declare static readonly Server: typeof WebSocketServer;
  declare static readonly subprotocol: typeof subprotocol;
  declare static readonly WebSocket: typeof WebSocket;
  declare static readonly WebSocketServer: typeof WebSocketServer;

  /** Called when it is open. Default: `null`. */
  declare onopen: ((event: Event) => void) | null;
  /** Called for each message. Default: `null`. */
  declare onmessage: ((event: MessageEvent<string | RawData>) => void) | null;
  /** Called when something went wrong. Default: `null`. */
  declare onerror: ((event: ErrorEvent) => void) | null;
  /** Called at the end. Default: `null`. */
  declare onclose: ((event: CloseEvent) => void) | null;

  /** Whether it is the server's end; looked at when it gets its stream. */
  _isServer: boolean;
  readonly #options: ClientOptions;
  readonly #outgoing: Outgoing = new Outgoing((error) => this.#onSendError(error));
  #handshake: ClientHandshake | undefined;
  #connection: Connection | undefined;
  #deliveries: Deliveries | undefined;
  #frameSender: FrameSender | undefined;
  #url: string | undefined;
  #protocol = "";
  #extensions = "";
  #binaryType: BinaryType = "nodebuffer";
  #state: 0 | 1 | 2 | 3 = 0;
  #isPaused = false;
  /** Whether messages may wait within the connection. */
  #hasHeld = false;
  #hasErred = false;
  #result: CloseResult = { code: 1006, reason: "", wasClean: false };

  /**
   * @param address where to; `null` is for servers, which make an open one of it
   * @param protocols subprotocols to offer; or the options
   * @throws SyntaxError for a URL or a subprotocol that is none
   * @throws RangeError or TypeError for an option that makes no sense
   */
  constructor(address: null, protocols?: undefined, options?: ClientOptions);
  constructor(address: string | URL, options?: ClientOptions);
  constructor(address: string | URL, protocols?: string | readonly string[], options?: ClientOptions);
  constructor(
    address: string | URL | null,
    protocols?: string | readonly string[] | ClientOptions,
    options?: ClientOptions,
  ) {
    super();
    const isGiven = typeof protocols === "object" && protocols !== null && !Array.isArray(protocols);
    const given = (isGiven ? (protocols as ClientOptions) : options) ?? {};
    this.#options = given;
    this._isServer = address === null;
    // What makes no sense is said here, and not when the connection is open.
    resolveSettings("client", given);
    if (address === null) return;
    const offered = isGiven || protocols === undefined ? given.protocols : protocols;
    const list = offered === undefined ? [] : [offered as string | readonly string[]].flat();
    this.#handshake = new ClientHandshake(this.#handshakeOwner(), list, given);
    this.#handshake.begin(address);
  }

  /** What binary messages are delivered as. Default: `"nodebuffer"`. */
  get binaryType(): BinaryType {
    return this.#binaryType;
  }

  set binaryType(type: BinaryType) {
    if (BINARY_TYPES.includes(type)) this.#binaryType = type;
  }

  /**
   * Bytes that were sent and that the system has not taken. To know that, what was sent in this tick is handed over to it
   * now: whoever sends much looks once, and not behind each message.
   */
  get bufferedAmount(): number {
    return this.#outgoing.bufferedAmount;
  }

  /** The names of the extensions in use, joined by commas. */
  get extensions(): string {
    return this.#extensions;
  }

  /** Whether `pause` was called, and `resume` was not. */
  get isPaused(): boolean {
    return this.#isPaused;
  }

  /** The subprotocol, or `""`. */
  get protocol(): string {
    return this.#protocol;
  }

  /** `CONNECTING` (0), `OPEN` (1), `CLOSING` (2) or `CLOSED` (3). */
  get readyState(): 0 | 1 | 2 | 3 {
    const hasBegunToClose = this.#state === 1 && this.#connection?.state !== "open";
    return hasBegunToClose ? 2 : this.#state;
  }

  /** Where it was connected to; after redirects, the last of them. */
  get url(): string {
    return this.#url as string;
  }

  /** The stream that carries it, to look at; `null` before there is one. */
  get _socket(): Duplex | null {
    return this.#connection?.transport ?? null;
  }

  /** The request of a client, to look at; `null` once it was answered or given up. */
  get _req(): ClientRequest | null {
    return this.#handshake?.request ?? null;
  }

  /** The limits of this connection alone; `null` before there is one. */
  get _receiver(): ReceiverLimits | null {
    return this.#connection === undefined ? null : new ReceiverLimits(this.#connection);
  }

  /** Sends frames that `Sender.frame` made; `null` before there is a connection. */
  get _sender(): FrameSender | null {
    if (this.#connection === undefined) return null;
    return (this.#frameSender ??= new FrameSender(this.#connection));
  }

  /**
   * Sends a message, or a fragment of one.
   *
   * @throws Error while connecting; TypeError for what cannot be sent
   */
  send(data: BufferLike, callback?: SendCallback): void;
  send(data: BufferLike, options: SendOptions | undefined, callback?: SendCallback): void;
  send(data: BufferLike, options?: SendOptions | SendCallback, callback?: SendCallback): void {
    this.#assertConnected();
    const told = typeof options === "function" ? options : callback;
    const { readyState } = this;
    if (readyState !== 1) return this.#outgoing.lose(data, told, readyState);
    this.#outgoing.send(data, typeof options === "object" && options !== null ? options : {}, told);
  }

  /** @throws RangeError for more than 125 bytes; Error while connecting */
  ping(callback?: SendCallback): void;
  ping(data: BufferLike | undefined, callback?: SendCallback): void;
  ping(data: BufferLike | undefined, mask: boolean | undefined, callback?: SendCallback): void;
  ping(...args: ControlArguments): void {
    this.#sendControl("ping", args);
  }

  /** Throws as `ping` does. */
  pong(callback?: SendCallback): void;
  pong(data: BufferLike | undefined, callback?: SendCallback): void;
  pong(data: BufferLike | undefined, mask: boolean | undefined, callback?: SendCallback): void;
  pong(...args: ControlArguments): void {
    this.#sendControl("pong", args);
  }

  /**
   * Begins the closing handshake; while connecting, gives up.
   *
   * @throws TypeError or RangeError for a code or a reason that must not be sent
   */
  close(code?: number, reason?: string | Uint8Array): void {
    const { readyState } = this;
    if (readyState === 0) return this.#giveUp();
    if (readyState !== 1) return;
    const read = readCloseArguments(code, reason);
    this.#state = 2;
    this.#read();
    this.#outgoing.close(read);
  }

  /** Destroys the transport; while connecting, gives up. */
  terminate(): void {
    if (this.#state === 3) return;
    if (this.#state === 0) return this.#giveUp();
    this.#state = 2;
    this.#read();
    // What was sent in this tick is the kernel's by now with `ws`, and often arrives.
    this.#connection?.flush();
    this.#connection?.terminate();
  }

  /** Stops the events `message`, and the reading of the stream: what the peer sends waits with it. */
  pause(): void {
    if (this.#state === 0 || this.#state === 3) return;
    this.#isPaused = true;
    this.#hold(true);
    this.#connection?.transport.pause();
  }

  /** Reads on. Does nothing before it is open, and at the end. */
  resume(): void {
    if (this.#state === 0 || this.#state === 3) return;
    this.#isPaused = false;
    this.#hold(false);
    this.#read();
  }

  /**
   * Makes it an open one over a stream whose handshake somebody else has done. `ws` has it without documenting it, and
   * some who test without a network use it.
   */
  setSocket(socket: Duplex, head: Uint8Array, options: CommonOptions = {}): void {
    this.#open({ socket, head, protocol: this.#protocol, deflate: undefined }, options);
  }

  /** Listens as in a browser, with event objects. */
  addEventListener(type: "open", handler: EventHandler<Event>, options?: AddEventListenerOptions): void;
  addEventListener(
    type: "message",
    handler: EventHandler<MessageEvent<string | RawData>>,
    options?: AddEventListenerOptions,
  ): void;
  addEventListener(type: "error", handler: EventHandler<ErrorEvent>, options?: AddEventListenerOptions): void;
  addEventListener(type: "close", handler: EventHandler<CloseEvent>, options?: AddEventListenerOptions): void;
  addEventListener(type: string, handler: EventHandler, options?: AddEventListenerOptions): void {
    addHandler(this.#source, type, handler, options);
  }

  /** Takes a listener of `addEventListener` or of an `on…` property away. */
  removeEventListener(type: string, handler: EventHandler): void {
    removeHandler(this.#source, type, handler);
  }

  get #source(): EventSource {
    return { emitter: this, wasClean: () => this.#result.wasClean };
  }

  #assertConnected(): void {
    if (this.#state === 0) throw new Error("WebSocket is not open: readyState 0 (CONNECTING)");
  }

  #sendControl(name: "ping" | "pong", args: ControlArguments): void {
    this.#assertConnected();
    const callback = args.find((argument) => typeof argument === "function");
    const data = typeof args[0] === "function" ? undefined : args[0];
    const { readyState } = this;
    if (readyState !== 1) return this.#outgoing.lose(data, callback, readyState);
    this.#outgoing.sendControl(name, data, callback);
  }

  #giveUp(): void {
    this.#state = 2;
    this.#handshake!.abort("WebSocket was closed before the connection was established");
  }

  #handshakeOwner(): HandshakeOwner {
    return {
      websocket: this,
      isConnecting: () => this.#state === 0,
      setUrl: (url) => (this.#url = url),
      beginToFail: () => (this.#state = 2),
      fail: (error) => {
        this.#state = 2;
        this.#hasErred = true;
        this.emit("error", error);
        this.#end();
      },
      open: (result) => this.#open(result),
    };
  }

  #open({ socket, head, protocol, deflate }: HandshakeResult, options: CommonOptions = {}): void {
    const role = this._isServer ? "server" : "client";
    const settings = resolveSettings(role, { ...this.#options, ...options });
    const { limits, autoPong, text, allowSynchronousEvents } = settings;
    this.#handshake = undefined;
    this.#protocol = protocol;
    this.#extensions = deflate === undefined ? "" : "permessage-deflate";
    // Whoever looks at the stream sees all that comes, and not all but the beginning.
    if (head.length > 0) socket.unshift(head);
    const connection = new Connection(socket, {
      role,
      limits,
      protocol,
      autoPong,
      text,
      closeReason: "echo",
      ...(deflate !== undefined && { extensions: deflate.header, compression: deflate.compression }),
    });
    this.#connection = connection;
    this.#outgoing.connection = connection;
    const deliveries = new Deliveries(allowSynchronousEvents, (mustHold) => this.#hold(mustHold));
    this.#deliveries = deliveries;
    connection.on("message", (data) => {
      if (allowSynchronousEvents) this.#onMessage(data);
      else deliveries.deliver(() => this.#onMessage(data));
    });
    connection.on("ping", (data) => deliveries.deliver(() => this.emit("ping", toBuffer(data))));
    connection.on("pong", (data) => deliveries.deliver(() => this.emit("pong", toBuffer(data))));
    connection.on("closing", (sign) => deliveries.finish(() => this.#onClosing(sign)));
    connection.on("close", (result) => this.#onClose(result));
    this.#state = 1;
    this.emit("open");
  }

  #onMessage(data: Message): void {
    const bytes = data as Uint8Array;
    if (bytes instanceof TextBytes) this.emit("message", toBuffer(bytes), false);
    else this.emit("message", toRawData(bytes, this.#binaryType), true);
  }

  #onClosing({ error }: ClosingSign): void {
    if (this.#state === 1) this.#state = 2;
    this.#read();
    if (error instanceof ProtocolError) this.#emitError(toWsError(error));
  }

  /** What a peer did must not end a process that does not listen for it: the code of `close` says it, too. */
  #emitError(error: Error): void {
    if (this.#hasErred) return;
    this.#hasErred = true;
    if (this.listenerCount("error") > 0) this.emit("error", error);
  }

  #onSendError(error: Error): void {
    if (this.#state === 3) return;
    this.#state = 2;
    // The peer is not to wait for what will not come.
    void this.#connection?.close(CloseCode.internalError);
    this.#emitError(error);
  }

  #onClose(result: CloseResult): void {
    this.#result = result;
    this.#state = 2;
    if (!this.#hasHeld) return this.#deliveries!.finish(() => this.#end());
    // What was read before the end is not lost: it is delivered first, paused or not.
    this.#connection!.resume();
    process.nextTick(() => this.#deliveries!.finish(() => this.#end()));
  }

  /** Holds messages back, or lets them come; after the end there is nothing to be held back. */
  #hold(mustHold: boolean): void {
    const connection = this.#connection!;
    if (connection.state === "closed") return;
    if (mustHold) {
      this.#hasHeld = true;
      connection.pause();
    } else if (!this.#isPaused) {
      connection.resume();
    }
  }

  /** Lets the stream be read, if it was paused: the peer's close frame, or its end, may lie behind what waits. */
  #read(): void {
    // While nobody takes what it brings the connection lets it rest, and says when it goes on.
    if (this.#connection?.getStats().isStalled === false) this.#connection.transport.resume();
  }

  #end(): void {
    this.#state = 3;
    const { code, reason } = this.#result;
    this.emit("close", code, reason === "" ? EMPTY : Buffer.from(reason));
  }

  static {
    setSocket = (websocket, result) => websocket.#open(result);
    for (const [code, name] of STATES.entries()) {
      for (const target of [this, this.prototype]) {
        Object.defineProperty(target, name, { enumerable: true, value: code });
      }
    }
    for (const name of [
      "binaryType",
      "bufferedAmount",
      "extensions",
      "isPaused",
      "protocol",
      "readyState",
      "url",
    ]) {
      Object.defineProperty(this.prototype, name, { enumerable: true });
    }
    for (const name of EVENT_NAMES) {
      Object.defineProperty(this.prototype, `on${name}`, {
        configurable: true,
        enumerable: true,
        get(this: WebSocket) {
          return attributeOf(this.#source, name);
        },
        set(this: WebSocket, handler: unknown) {
          setAttribute(this.#source, name, handler);
        },
      });
    }
  }
}

/** The types by the names that `@types/ws` has for them, for `WebSocket.Server` where a type is wanted. */
// oxlint-disable-next-line typescript/no-namespace -- they are those of a namespace
export declare namespace WebSocket {
  export type Data = string | Buffer | ArrayBuffer | Buffer[];
  export type Server<Constructor extends WebSocketConstructor = typeof WebSocket> =
    WebSocketServer<Constructor>;
  export type { ClientOptions, CloseEvent, ErrorEvent, Event, MessageEvent, RawData, ServerOptions };
  export type { PerMessageDeflateOptions, VerifyClientCallbackAsync, VerifyClientCallbackSync };
}

type ControlArguments = readonly [
  data?: BufferLike | SendCallback | undefined,
  mask?: boolean | SendCallback | undefined,
  callback?: SendCallback | undefined,
];
