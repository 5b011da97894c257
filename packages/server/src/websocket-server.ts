// A WebSocket server: where its handshakes come from, which connections exist, and how it ends. What becomes of one
// handshake is decided in reception.ts, what a connection does in @ws/connection.
import { EventEmitter } from "node:events";
import type { IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import { type Connection, MAX_TIMER_MS, numberOption } from "@ws/connection";
import { ConnectionSet } from "./connection-set.ts";
import { sayFarewell } from "./farewell.ts";
import { attachTo } from "./http-server-source.ts";
import type { IncomingHandshake } from "./incoming-handshake.ts";
import type { NodeServer } from "./node-server.ts";
import { PortListener } from "./port-listener.ts";
import { type Deliver, Reception, type ReceptionLimits } from "./reception.ts";
import { toRequestHead } from "./request-head.ts";
import { assertLimitNames, assertServerOptions, connectionLimitsOf } from "./server-option-names.ts";
import type { ResolvedServerLimits, ServerLimits } from "./server-limits.ts";
import type { SharedPort, WebSocketServerEvents, WebSocketServerOptions } from "./server-options.ts";
import type { ServerStats } from "./server-stats.ts";
import { share, type Sharer, sharersOf, takerOf } from "./shared-servers.ts";
import { resolveShutdownOptions, type ShutdownOptions } from "./shutdown-options.ts";
import { UpgradeHandshake } from "./upgrade-handshake.ts";

const HANDSHAKE_TIMEOUT_MS = 10_000;
const MAX_STREAMS_PER_SESSION = 100;
/** The most that HTTP/2 can say. */
const MAX_STREAMS = 2 ** 31 - 1;

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
export class WebSocketServer<Context = undefined, Path extends string = string>
  extends EventEmitter<WebSocketServerEvents<Context, Path>>
  implements AsyncDisposable
{
  readonly #reception: Reception<Context, Path>;
  readonly #connections = new ConnectionSet((connection) => this.#reception.left(connection));
  readonly #listener: PortListener | undefined;
  readonly #detach: () => void;
  #hasWarned = false;
  #closed: Promise<void> | undefined;

  /** @throws TypeError or RangeError for options that make no sense, or not exactly one of `port`, `server`, `noServer` */
  constructor(options: WebSocketServerOptions<Context, Path>) {
    super();
    assertServerOptions(options);
    const { port, server } = options;
    const limits = {
      handshakeTimeoutMs: numberOption(options, "handshakeTimeoutMs", HANDSHAKE_TIMEOUT_MS, MAX_TIMER_MS, 1),
      maxStreamsPerSession: numberOption(
        options,
        "maxStreamsPerSession",
        MAX_STREAMS_PER_SESSION,
        MAX_STREAMS,
        1,
      ),
    };
    this.#reception = new Reception(options, limits, (error, request) => this.#onFailure(error, request));
    if (port !== undefined) this.#listener = this.#listen(port, options, limits);
    const sharer: Sharer = {
      isForEveryPath: options.path === undefined,
      wants: (head) => this.#reception.wants(head),
      take: (incoming) => this.#take(incoming),
      terminate: () => this.#terminate(),
    };
    if (this.#listener !== undefined) this.#detach = share(this, sharer);
    else if (server === undefined) this.#detach = () => {};
    else this.#detach = this.#join(server, sharer, limits.handshakeTimeoutMs);
  }

  /** The connections that are open or closing. */
  get clients(): ReadonlySet<Connection> {
    return this.#connections.all;
  }

  /** The limits in force for handshakes, and for connections to come. */
  get limits(): ResolvedServerLimits {
    return this.#reception.limits;
  }

  /** Where the server's own port listens; `null` before `listening`, and without a port of its own. */
  address(): AddressInfo | null {
    return this.#listener?.address ?? null;
  }

  /**
   * Who sends a request, as the limits by address count it: an IPv4 address, or the /64 network of an IPv6 one; of the client, behind
   * trusted proxies. Also for plain requests of the http server whose port this shares, so that an application counts alike.
   */
  addressOf(request: IncomingMessage): string | undefined {
    return this.#reception.addressOf(request);
  }

  /** What has happened so far, and what exists now. */
  getStats(): ServerStats {
    return {
      connections: this.clients.size,
      pendingHandshakes: this.#reception.pending + (this.#listener?.pending ?? 0),
      ...this.#reception.journal.snapshot(),
      traffic: this.#connections.totals,
    };
  }

  /**
   * Changes limits while the server runs; those that are not given stay as they are.
   *
   * @param applyToExisting whether connections that exist are to keep the new limits of connections too. What
   * `authenticate` gave them is then overruled. Default: `false`.
   * @throws TypeError or RangeError for a limit that makes no sense; then nothing has changed
   */
  setLimits(
    limits: ServerLimits,
    { applyToExisting = false }: { readonly applyToExisting?: boolean } = {},
  ): void {
    assertLimitNames(limits);
    this.#reception.setLimits(limits, this.clients);
    if (!applyToExisting) return;
    const changes = connectionLimitsOf(limits);
    for (const connection of this.clients) connection.setLimits(changes);
  }

  /**
   * Answers one upgrade request: a rejection is written and the socket closed, a success becomes a connection, now or
   * when `authenticate` has answered.
   *
   * @param socket is ours from now on
   * @param head what an http server read behind the request
   * @param callback gets the connection, in place of a `connection` event
   * @throws what a function among the options throws at once; the client has been told 500 by then
   */
  handleUpgrade(
    request: IncomingMessage,
    socket: Duplex,
    head: Uint8Array,
    callback: Deliver<Context, Path>,
  ): void {
    const incoming = UpgradeHandshake.from(toRequestHead(request), request, socket, head);
    this.#reception.receive(
      incoming,
      (connection, asked, info) => {
        this.#connections.add(connection);
        callback(connection, asked, info);
      },
      (error) => {
        throw error;
      },
    );
  }

  /**
   * Accepts nothing any more and resolves when the last connection has ended. Connections are left alone;
   * {@link WebSocketServer.shutdown} ends them.
   */
  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  /**
   * Accepts nothing any more, closes every connection, and cuts off those that have not ended by the deadline. Where other
   * servers share its port, it cuts off all of theirs too: shut those down first, or together.
   */
  async shutdown(options: ShutdownOptions = {}): Promise<void> {
    const { deadlineMs, spreadMs, code, reason } = resolveShutdownOptions(options);
    const closed = this.close();
    const stop = sayFarewell(this.clients, spreadMs, code, reason);
    const timer = setTimeout(() => {
      this.#terminate();
      for (const sharer of sharersOf(this)) sharer.terminate();
      this.#listener?.destroySockets();
    }, deadlineMs);
    await closed;
    clearTimeout(timer);
    stop();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.shutdown();
  }

  #take(incoming: IncomingHandshake): void {
    this.#reception.receive(incoming, (connection, request, info) => {
      this.#connections.add(connection);
      this.emit("connection", connection, request, info);
    });
  }

  #terminate(): void {
    for (const connection of this.clients) connection.terminate();
  }

  /** An `error` event would let a peer that finds such a request end the process. */
  #onFailure(error: unknown, request: IncomingMessage): void {
    if (this.emit("handshakeError", error, request) || this.#hasWarned) return;
    this.#hasWarned = true;
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    process.emitWarning(
      `A handshake was answered with 500, listen for handshakeError to hear of more: ${text}`,
    );
  }

  #join(server: NodeServer | SharedPort, sharer: Sharer, handshakeTimeoutMs: number): () => void {
    if (!("clients" in server)) return attachTo(server, sharer, handshakeTimeoutMs);
    if (server instanceof WebSocketServer && server.#listener !== undefined) return share(server, sharer);
    throw new TypeError("Cannot share the port of a WebSocketServer that has none of its own");
  }

  #listen(
    port: number,
    { host, tls, http2 = false }: WebSocketServerOptions<Context, Path>,
    limits: ReceptionLimits,
  ): PortListener {
    const reception = this.#reception;
    return new PortListener(
      { port, host, tls, http2, ...limits },
      {
        onListening: () => this.emit("listening"),
        onError: (error) => this.emit("error", error),
        mayWaitFor: (pending) => {
          const { maxPendingHandshakes } = this.limits;
          return maxPendingHandshakes === 0 || pending + reception.pending < maxPendingHandshakes;
        },
        onHandshake: (incoming) => takerOf(this, incoming.head)?.take(incoming),
        onRefused: (reason, socket) =>
          reception.journal.rejected(reason, undefined, () => socket.remoteAddress),
      },
    );
  }

  async #close(): Promise<void> {
    this.#reception.close();
    await this.#listener?.close();
    await Promise.all([...this.clients].map((connection) => connection.closed));
    // Until here late handshakes are told 503.
    this.#detach();
    this.emit("close");
  }
}
