// The class WebSocket as the package `ws` documents it: a Connection behind the names, arguments and events of `ws`.
// How a client comes to its connection is client-handshake.ts; a server hands one over.
import { EventEmitter } from "node:events";
import type { ClientRequest } from "node:http";
import type { Duplex } from "node:stream";
import {
  CloseCode,
  type CloseResult,
  type ClosingSign,
  type Connection,
  ProtocolError,
} from "@ws/connection";
import { BINARY_TYPES, type BinaryType, type BufferLike, type RawData } from "./bytes.ts";
import { ClientHandshake, type HandshakeOwner } from "./client-handshake.ts";
import { readCloseArguments } from "./close-arguments.ts";
import { Ending } from "./ending.ts";
import {
  addHandler,
  type AddEventListenerOptions,
  type CloseEvent,
  defineAttributes,
  type ErrorEvent,
  type Event,
  type EventHandler,
  type EventSource,
  type MessageEvent,
  removeHandler,
} from "./event-target.ts";
import type { extension } from "./extension.ts";
import { Incoming } from "./incoming.ts";
import { type HandshakeResult, openConnection } from "./open-connection.ts";
import {
  type ClientOptions,
  type CommonOptions,
  resolveSettings,
  type ServerOptions,
  type VerifyClientCallbackAsync,
  type VerifyClientCallbackSync,
  type WebSocketConstructor,
} from "./options.ts";
import { type ControlArguments, Outgoing, type SendCallback, type SendOptions } from "./outgoing.ts";
import type { PerMessageDeflateOptions } from "./per-message-deflate.ts";
import { ReceiverLimits } from "./receiver-limits.ts";
import { FrameSender, type Sender } from "./sender.ts";
import type { subprotocol } from "./subprotocol.ts";
import { defineInterface } from "./web-idl.ts";
import type { WebSocketEvents } from "./websocket-events.ts";
import type { WebSocketServer } from "./websocket-server.ts";
import type { createWebSocketStream } from "./websocket-stream.ts";
import { toWsError } from "./ws-error.ts";

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
  readonly #incoming: Incoming = new Incoming(this);
  readonly #ending: Ending = new Ending(this);
  readonly #outgoing: Outgoing = new Outgoing((error) => this.#onSendError(error));
  #handshake: ClientHandshake | undefined;
  #connection: Connection | undefined;
  #frameSender: FrameSender | undefined;
  #url: string | undefined;
  #state: 0 | 1 | 2 | 3 = 0;

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
    return this.#incoming.binaryType;
  }

  set binaryType(type: BinaryType) {
    if (BINARY_TYPES.includes(type)) this.#incoming.binaryType = type;
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
    return this.#connection?.extensions ? "permessage-deflate" : "";
  }

  /** Whether `pause` was called, and `resume` was not. */
  get isPaused(): boolean {
    return this.#incoming.isPaused;
  }

  /** The subprotocol, or `""`. */
  get protocol(): string {
    return this.#connection?.protocol ?? "";
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
    if (typeof options === "function") this.#outgoing.send(data, undefined, options, this.readyState);
    else this.#outgoing.send(data, options, callback, this.readyState);
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
    this.#incoming.pause();
    this.#connection?.transport.pause();
  }

  /** Reads on. Does nothing before it is open, and at the end. */
  resume(): void {
    if (this.#state === 0 || this.#state === 3) return;
    this.#incoming.resume();
    this.#read();
  }

  /**
   * Makes it an open one over a stream whose handshake somebody else has done. `ws` has it without documenting it, and
   * some who test without a network use it.
   */
  setSocket(socket: Duplex, head: Uint8Array, options: CommonOptions = {}): void {
    this.#open({ socket, head, protocol: "", deflate: undefined }, options);
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
    addHandler(this.#source(), type, handler, options);
  }

  /** Takes a listener of `addEventListener` or of an `on…` property away. */
  removeEventListener(type: string, handler: EventHandler): void {
    removeHandler(this.#source(), type, handler);
  }

  #source(): EventSource {
    return { emitter: this, wasClean: () => this.#ending.result.wasClean };
  }

  #assertConnected(): void {
    if (this.#state === 0) throw new Error("WebSocket is not open: readyState 0 (CONNECTING)");
  }

  #sendControl(name: "ping" | "pong", args: ControlArguments): void {
    this.#assertConnected();
    this.#outgoing.sendControl(name, args, this.readyState);
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
        this.#ending.emitFailure(error);
        this.#end();
      },
      open: (result) => this.#open(result),
    };
  }

  #open(result: HandshakeResult, options: CommonOptions = {}): void {
    const role = this._isServer ? "server" : "client";
    const settings = resolveSettings(role, { ...this.#options, ...options });
    const connection = openConnection(role, result, settings);
    this.#handshake = undefined;
    this.#connection = connection;
    this.#outgoing.connection = connection;
    this.#incoming.deliverFrom(connection, settings.allowSynchronousEvents);
    connection.on("closing", (sign) => this.#incoming.finish(() => this.#onClosing(sign)));
    connection.on("close", (end) => this.#onClose(end));
    this.#state = 1;
    this.emit("open");
  }

  #onClosing({ error }: ClosingSign): void {
    if (this.#state === 1) this.#state = 2;
    this.#read();
    if (error instanceof ProtocolError) this.#ending.emitError(toWsError(error));
  }

  #onSendError(error: Error): void {
    if (this.#state === 3) return;
    this.#state = 2;
    // The peer is not to wait for what will not come.
    void this.#connection?.close(CloseCode.internalError);
    this.#ending.emitError(error);
  }

  #onClose(result: CloseResult): void {
    this.#ending.result = result;
    this.#state = 2;
    this.#incoming.end(() => this.#end());
  }

  /** Lets the stream be read, if it was paused: the peer's close frame, or its end, may lie behind what waits. */
  #read(): void {
    // While nobody takes what it brings the connection lets it rest, and says when it goes on.
    if (this.#connection?.getStats().isStalled === false) this.#connection.transport.resume();
  }

  #end(): void {
    this.#state = 3;
    this.#ending.emitClose();
  }

  static {
    setSocket = (websocket, result) => websocket.#open(result);
    defineInterface(this);
    defineAttributes(this.prototype, (websocket) => websocket.#source());
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
