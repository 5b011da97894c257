// The class WebSocketServer as the package `ws` documents it: where its handshakes come from, which clients it has, and
// how it ends. What becomes of one handshake is server-handshake.ts.
import { EventEmitter } from "node:events";
import {
  createServer,
  type IncomingMessage,
  type Server as HttpServer,
  type ServerResponse,
  STATUS_CODES,
} from "node:http";
import type { Server as HttpsServer } from "node:https";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import { SERVER_DEFAULTS, type ServerOptions, type WebSocketConstructor } from "./options.ts";
import { assertDeflateOptions } from "./per-message-deflate.ts";
import { handleUpgrade } from "./server-handshake.ts";
import { open, WebSocket } from "./websocket.ts";

/** The arguments of the events. */
export interface WebSocketServerEvents<Socket = WebSocket> {
  /** A client, whose handshake is done. */
  connection: [websocket: Socket, request: IncomingMessage];
  /** The lines of the response, which may be changed, and the request. */
  headers: [headers: string[], request: IncomingMessage];
  /** A handshake that is none; with a listener, answering it is up to that. */
  wsClientError: [error: Error, socket: Duplex, request: IncomingMessage];
  /** It listens on its port. */
  listening: [];
  /** The HTTP server below has failed. */
  error: [error: Error];
  /** It is closed, and has no clients any more. */
  close: [];
}

/**
 * A WebSocket server, as the package `ws` has it.
 *
 * @example
 * ```ts
 * const wss = new WebSocketServer({ port: 8080 });
 * wss.on("connection", (ws) => ws.on("message", (data, isBinary) => ws.send(data, { binary: isBinary })));
 * ```
 */
export class WebSocketServer<
  Constructor extends WebSocketConstructor = typeof WebSocket,
> extends EventEmitter<WebSocketServerEvents<InstanceType<Constructor>>> {
  /** What it was made with, defaults filled in. */
  readonly options: ServerOptions;
  /** Its clients, as long as `clientTracking` is not `false`. */
  declare readonly clients: Set<InstanceType<Constructor>>;
  /** The server that handshakes come from, if any, as long as it is listened to. */
  #server: HttpServer | HttpsServer | undefined;
  #leave = (): void => {};
  #state: "running" | "closing" | "closed" = "running";

  /**
   * @param callback a listener for `listening`, where the server has a port of its own
   * @throws TypeError for not exactly one of `port`, `server` and `noServer`
   */
  constructor(options: ServerOptions<Constructor> = {}, callback?: () => void) {
    super();
    const { port, host, backlog, server, noServer, clientTracking } = options;
    const sources = [port !== undefined && port !== null, Boolean(server), Boolean(noServer)];
    if (sources.filter(Boolean).length !== 1) {
      throw new TypeError(
        'One and only one of the "port", "server", or "noServer" options must be specified',
      );
    }
    if (options.perMessageDeflate) assertDeflateOptions(options.perMessageDeflate);
    this.options = { ...SERVER_DEFAULTS, WebSocket, ...options };
    if (clientTracking ?? true) this.clients = new Set();
    this.#server = server ?? (noServer ? undefined : createServer(answerWithUpgradeRequired));
    if (port !== undefined) this.#server?.listen(port, host as string, backlog as number, callback);
    if (this.#server !== undefined) this.#listenTo(this.#server);
  }

  /** The http server that handshakes come from, as long as it is listened to. */
  get _server(): HttpServer | HttpsServer | null {
    return this.#server ?? null;
  }

  /**
   * Where it listens: an object, the path of a Unix socket, or `null` before and after.
   *
   * @throws Error in `noServer` mode
   */
  address(): AddressInfo | string | null {
    if (this.options.noServer) throw new Error('The server is operating in "noServer" mode');
    return this.#server?.address() ?? null;
  }

  /**
   * Accepts nothing any more; `close` follows when the last client has gone. Clients are left alone.
   *
   * @param callback called then, with an error where it was closed before
   */
  close(callback?: (error?: Error) => void): void {
    if (this.#state === "closed") {
      if (callback !== undefined) this.once("close", () => callback(new Error("The server is not running")));
      process.nextTick(() => this.emit("close"));
      return;
    }
    if (callback !== undefined) this.once("close", () => callback());
    if (this.#state === "closing") return;
    this.#state = "closing";
    const server = this.#server;
    this.#server = undefined;
    this.#leave();
    if (this.options.port !== undefined && server !== undefined) server.close(() => this.#end());
    else if (this.clients === undefined || this.clients.size === 0) process.nextTick(() => this.#end());
  }

  /** Whether a request is for this server: by its path, unless overridden. */
  shouldHandle(request: IncomingMessage): boolean | Promise<boolean> {
    const { path } = this.options;
    if (!path) return true;
    const { url = "" } = request;
    const query = url.indexOf("?");
    return (query === -1 ? url : url.slice(0, query)) === path;
  }

  /**
   * Answers the upgrade request of an http server.
   *
   * @param callback gets the WebSocket
   * @throws Error for a socket that was handled before
   */
  handleUpgrade(
    request: IncomingMessage,
    socket: Duplex,
    head: Buffer,
    callback: (websocket: InstanceType<Constructor>, request: IncomingMessage) => void,
  ): void {
    handleUpgrade(request, socket, head, {
      options: this.options,
      isRunning: () => this.#state === "running",
      shouldHandle: () => Boolean(this.shouldHandle(request)),
      emitHeaders: (headers) => void this.emit("headers", headers, request),
      emitClientError: (error) =>
        this.listenerCount("wsClientError") > 0 && this.emit("wsClientError", error, socket, request),
      open: (result) => {
        const { WebSocket: Class = WebSocket } = this.options;
        const websocket = new Class(null, undefined, this.options) as InstanceType<Constructor>;
        open(websocket, result);
        this.#track(websocket);
        callback(websocket, request);
      },
    });
  }

  #listenTo(server: HttpServer | HttpsServer): void {
    const onListening = (): void => void this.emit("listening");
    const onError = (error: Error): void => void this.emit("error", error);
    const onUpgrade = (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
      this.handleUpgrade(request, socket, head, (websocket) => {
        this.emit("connection", websocket, request);
      });
    };
    server.on("listening", onListening).on("error", onError).on("upgrade", onUpgrade);
    this.#leave = () => {
      server.off("listening", onListening).off("error", onError).off("upgrade", onUpgrade);
    };
  }

  #track(websocket: InstanceType<Constructor>): void {
    if (this.clients === undefined) return;
    this.clients.add(websocket);
    websocket.on("close", () => {
      this.clients.delete(websocket);
      // A server with a port of its own ends with that.
      const isLast = this.#state === "closing" && this.clients.size === 0;
      if (isLast && this.options.port === undefined) process.nextTick(() => this.#end());
    });
  }

  #end(): void {
    this.#state = "closed";
    this.emit("close");
  }
}

function answerWithUpgradeRequired(_request: IncomingMessage, response: ServerResponse): void {
  const body = STATUS_CODES[426]!;
  response.writeHead(426, { "Content-Length": body.length, "Content-Type": "text/plain" });
  response.end(body);
}
