// A WebSocket server: takes upgrades from an http server, its own or somebody else's, turns them into connections, and
// knows which connections exist. What a handshake must be is decided in @ws/handshake, what a connection does in
// @ws/connection; here the two meet the socket.
import { EventEmitter } from "node:events";
import type { IncomingMessage, Server as HttpServer } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import type { Duplex } from "node:stream";
import {
  CloseCode,
  Connection,
  isWireCloseCode,
  MAX_TIMER_MS,
  numberOption,
  resolveConnectionOptions,
  type ResolvedConnectionOptions,
} from "@ws/connection";
import {
  acceptOffer,
  type Agreement,
  MessageDeflate,
  resolveDeflateOptions,
  type ResolvedDeflateOptions,
} from "@ws/deflate";
import {
  type Accepted,
  createAcceptor,
  encodeResponse,
  type ExtensionAnswer,
  type ExtensionOffer,
  formatExtensions,
  reject,
  type Rejected,
  type RequestHead,
} from "@ws/handshake";
import { refuse } from "./refuse.ts";
import { PortListener } from "./port-listener.ts";
import { mustAnswer, share } from "./shared-servers.ts";
import { requestPath, toIncomingMessage, toRequestHead } from "./request-head.ts";
import type { ShutdownOptions, WebSocketServerEvents, WebSocketServerOptions } from "./server-options.ts";

const HANDSHAKE_TIMEOUT_MS = 10_000;

/**
 * A WebSocket server.
 *
 * @example
 * ```ts
 * const server = new WebSocketServer({ port: 8080 });
 * server.on("connection", (connection, request) => {
 *   connection.on("message", (data) => connection.send(data));
 * });
 * ```
 */
export class WebSocketServer extends EventEmitter<WebSocketServerEvents> implements AsyncDisposable {
  readonly #options: WebSocketServerOptions;
  readonly #handshakeTimeoutMs: number;
  readonly #connectionOptions: ResolvedConnectionOptions;
  readonly #deflateOptions: ResolvedDeflateOptions | undefined;
  readonly #accept: (request: RequestHead) => Accepted<Agreement> | Rejected;
  readonly #clients = new Set<Connection>();
  readonly #listener: PortListener | undefined;
  readonly #detach: () => void;
  #isClosing = false;
  #closed: Promise<void> | undefined;

  /** @throws TypeError or RangeError for options that make no sense, or not exactly one of `port`, `server`, `noServer` */
  constructor(options: WebSocketServerOptions) {
    super();
    assertOptions(options);
    this.#handshakeTimeoutMs = numberOption(
      options,
      "handshakeTimeoutMs",
      HANDSHAKE_TIMEOUT_MS,
      MAX_TIMER_MS,
      1,
    );
    this.#options = options;
    this.#connectionOptions = resolveConnectionOptions("server", options);
    const { protocols, origin, headers, perMessageDeflate = false } = options;
    const deflateOptions =
      perMessageDeflate === false
        ? undefined
        : resolveDeflateOptions("server", perMessageDeflate === true ? {} : perMessageDeflate);
    this.#deflateOptions = deflateOptions;
    this.#accept = createAcceptor<Agreement>({
      ...(deflateOptions !== undefined && { extensions: (offers) => acceptDeflate(offers, deflateOptions) }),
      ...(protocols !== undefined && { protocols }),
      ...(origin !== undefined && { origin }),
      ...(headers !== undefined && { headers }),
    });
    if (options.port !== undefined) this.#listener = this.#listen(options.port);
    this.#detach = options.server === undefined ? () => {} : this.#attach(options.server);
  }

  /** The connections that are open or closing. */
  get clients(): ReadonlySet<Connection> {
    return this.#clients;
  }

  /** Where the server's own port listens; `null` before `listening`, and without a port of its own. */
  address(): AddressInfo | null {
    return this.#listener?.address ?? null;
  }

  /**
   * Answers one upgrade request: a rejection is written and the socket closed, a success becomes a connection.
   *
   * @param socket is ours from now on
   * @param head what an http server read behind the request
   * @param callback gets the connection, in place of a `connection` event
   */
  handleUpgrade(
    request: IncomingMessage,
    socket: Duplex,
    head: Uint8Array,
    callback: (connection: Connection, request: IncomingMessage) => void,
  ): void {
    // From here on nobody else listens, and a peer that resets must not crash the process.
    socket.on("error", () => {});
    const answer = this.#answer(toRequestHead(request), socket);
    if (answer === undefined) return;
    callback(this.#open(answer, socket, head), request);
  }

  /**
   * Accepts nothing any more and resolves when the last connection has ended. Connections are left alone;
   * {@link WebSocketServer.shutdown} ends them.
   */
  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  /** Accepts nothing any more, closes every connection, and cuts off those that have not ended by the deadline. */
  async shutdown(options: ShutdownOptions = {}): Promise<void> {
    const { code = CloseCode.goingAway, reason } = options;
    const deadlineMs = numberOption(options, "deadlineMs", 10_000, MAX_TIMER_MS);
    if (!isWireCloseCode(code))
      throw new RangeError(`Cannot shut down with code ${code}: it must not be sent`);
    for (const connection of this.#clients) void connection.close(code, reason);
    const timer = setTimeout(() => {
      for (const connection of this.#clients) connection.terminate();
      this.#listener?.destroySockets();
    }, deadlineMs);
    await this.close();
    clearTimeout(timer);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.shutdown();
  }

  /** A yes; or a no that has been said. What a function among the options throws is a 500, and thrown on. */
  #answer(request: RequestHead, socket: Duplex): Accepted<Agreement> | undefined {
    let answer: Accepted<Agreement> | Rejected;
    try {
      answer = this.#judge(request);
    } catch (error) {
      refuse(socket, reject(500, "The server failed"));
      throw error;
    }
    if (answer.accepted) return answer;
    refuse(socket, answer);
    return undefined;
  }

  #judge(request: RequestHead): Accepted<Agreement> | Rejected {
    if (this.#isClosing) return reject(503, "The server is shutting down");
    if (!this.#wants(requestPath(request))) return reject(404, "There is no WebSocket at this path");
    return this.#accept(request);
  }

  #wants(path: string): boolean {
    return this.#options.path === undefined || path === this.#options.path;
  }

  /** Says yes, and makes the connection. */
  #open(answer: Accepted<Agreement>, socket: Duplex, head: Uint8Array): Connection {
    const tcp = socket as Partial<Socket>;
    tcp.setTimeout?.(0);
    tcp.setNoDelay?.(true);
    socket.write(encodeResponse(answer));
    const { agreed } = answer;
    const deflate =
      agreed && this.#deflateOptions && new MessageDeflate("server", agreed, this.#deflateOptions);
    const connection = new Connection(socket, {
      ...this.#connectionOptions,
      role: "server",
      protocol: answer.protocol,
      extensions: formatExtensions(answer.extensions),
      ...(deflate !== undefined && { compression: deflate }),
      head,
    });
    this.#clients.add(connection);
    connection.on("close", () => this.#clients.delete(connection));
    return connection;
  }

  #attach(server: HttpServer): () => void {
    const sharer = { wants: (path: string) => this.#wants(path) };
    const onUpgrade = (request: IncomingMessage, socket: Duplex, head: Uint8Array): void => {
      const path = requestPath(toRequestHead(request));
      if (!sharer.wants(path) && !mustAnswer(server, sharer, path)) return;
      this.handleUpgrade(request, socket, head, (connection) => this.emit("connection", connection, request));
    };
    server.on("upgrade", onUpgrade);
    const leave = share(server, sharer);
    return () => {
      leave();
      server.off("upgrade", onUpgrade);
    };
  }

  #listen(port: number): PortListener {
    const { host, tls } = this.#options;
    const handshakeTimeoutMs = this.#handshakeTimeoutMs;
    return new PortListener(
      { port, host, tls, handshakeTimeoutMs },
      {
        onListening: () => this.emit("listening"),
        onError: (error) => this.emit("error", error),
        onRequest: (head, socket, rest) => {
          const answer = this.#answer(head, socket);
          if (answer === undefined) return;
          this.emit("connection", this.#open(answer, socket, rest), toIncomingMessage(head, socket));
        },
      },
    );
  }

  async #close(): Promise<void> {
    this.#isClosing = true;
    await this.#listener?.close();
    await Promise.all([...this.#clients].map((connection) => connection.closed));
    // Until here late handshakes are told 503.
    this.#detach();
    this.emit("close");
  }
}

/** The first offer of permessage-deflate that we can accept; other extensions we do not know. */
function acceptDeflate(
  offers: readonly ExtensionOffer[],
  options: ResolvedDeflateOptions,
): ExtensionAnswer<Agreement> | undefined {
  const accepted = acceptOffer(offers, options);
  return accepted && { extensions: [accepted.answer], agreed: accepted.agreement };
}

function assertOptions({
  port,
  server,
  noServer,
  path,
  perMessageDeflate = false,
}: WebSocketServerOptions): void {
  if (path !== undefined && !(typeof path === "string" && path.startsWith("/"))) {
    throw new TypeError(
      `Cannot serve the path ${String(path)}: it must be a string that begins with a slash`,
    );
  }
  const isObject = typeof perMessageDeflate === "object" && perMessageDeflate !== null;
  if (typeof perMessageDeflate !== "boolean" && !isObject) {
    throw new TypeError("Cannot set perMessageDeflate: it must be a boolean or an object of options");
  }

  const given = [port !== undefined, server !== undefined, noServer === true].filter(Boolean).length;
  if (given !== 1) {
    throw new TypeError(
      `Cannot make a server from ${given} of the options port, server and noServer: give exactly one`,
    );
  }
}
