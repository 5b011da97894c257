// HTTP/2 sessions that several connections share. Owns which sessions there are, who may share them, and when they end:
// with the last who uses them. Knows nothing of WebSockets but the setting that allows them.
import {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  connect as connectHttp2,
  type OutgoingHttpHeaders,
} from "node:http2";
import type { Socket } from "node:net";
import { resetLikeTcp } from "@ws/connection";
import { abortable } from "./abortable.ts";
import { isSecure } from "./address.ts";
import type { TlsOptions } from "./connect-options.ts";
import { dial, type Network, proxyOf } from "./dial.ts";
import { eventOf, ignoreErrors, SERVER } from "./wait-on.ts";

/** What a stream, and all streams together, may hold of what nobody has read yet; the streams are the real bound. */
const STREAM_WINDOW_BYTES = 256 * 1024;
const SESSION_WINDOW_BYTES = 16 * 1024 * 1024;

/** How many may wait for one session; how many it carries is then the server's to say (RFC 9113 §6.5.2). */
const MAX_WAITING = 100;

/** How long a session that said goodbye waits for the server to hang up. */
const GOODBYE_MS = 5_000;

/** Where a session leads, and by which way: only those who agree in all of it share one. */
export interface SessionRoute {
  readonly url: URL;
  readonly tls: TlsOptions | undefined;
  readonly alpn: readonly string[];
  readonly network: Network;
}

/** What came of dialling: a session; or, where the server chose HTTP/1.1, a socket that speaks it. */
export type Opened =
  | { readonly session: ClientHttp2Session; readonly socket: Socket }
  | { readonly http1: Socket };

const sessions = new Set<SharedSession>();

export class SharedSession {
  readonly #key: string;
  readonly #route: SessionRoute;
  readonly #controller = new AbortController();
  readonly #opening: Promise<Opened>;
  #opened: Opened | undefined;
  #users = 0;
  #streams = 0;

  private constructor(route: SessionRoute, key: string) {
    this.#route = route;
    this.#key = key;
    this.#opening = openSession(route, this.#controller.signal).then(
      (opened) => {
        // The last who waited may have left in this very tick.
        if (this.#users === 0) end(opened);
        else this.#opened = opened;
        return opened;
      },
      (error: unknown) => {
        sessions.delete(this);
        throw error;
      },
    );
    sessions.add(this);
  }

  /** A session for the route that has room, or else a new one. Whoever got it must {@link leave} it, once. */
  static join(route: SessionRoute): SharedSession {
    const key = keyOf(route);
    for (const shared of sessions) {
      if (shared.#key === key && shared.#isFor(route) && shared.#hasRoom()) return shared.#join();
    }
    return new SharedSession(route, key).#join();
  }

  /** Waits for the session; dialling goes on as long as there is anyone who waits. */
  opened(signal: AbortSignal): Promise<Opened> {
    return abortable(this.#opening, signal);
  }

  /** The socket of HTTP/1.1, for the first who asks. */
  takeSocket(): Socket | undefined {
    if (this.#opened === undefined || !("http1" in this.#opened)) return undefined;
    const { http1 } = this.#opened;
    this.#opened = undefined;
    sessions.delete(this);
    return http1;
  }

  /**
   * Sends a request on a stream of its own, which from then on stands for its user and leaves when it ends; undefined
   * where the session has ended or the server lets there be no more streams.
   */
  openStream(headers: OutgoingHttpHeaders): ClientHttp2Stream | undefined {
    if (this.#opened === undefined || !("session" in this.#opened) || !this.#mayOpenStream())
      return undefined;
    const stream = this.#opened.session.request(headers);
    ignoreErrors(stream);
    resetLikeTcp(stream);
    this.#streams++;
    stream.once("close", () => {
      this.#streams--;
      this.leave();
    });
    return stream;
  }

  leave(): void {
    if (--this.#users > 0) return;
    sessions.delete(this);
    this.#controller.abort();
    if (this.#opened !== undefined) end(this.#opened);
  }

  #join(): this {
    this.#users++;
    return this;
  }

  /** TLS options are compared by identity: what looks alike may hold other keys. */
  #isFor({ tls, network }: SessionRoute): boolean {
    return this.#route.tls === tls && this.#route.network.proxyTls === network.proxyTls;
  }

  #hasRoom(): boolean {
    return this.#opened === undefined ? this.#users < MAX_WAITING : this.#mayOpenStream();
  }

  #mayOpenStream(): boolean {
    if (this.#opened === undefined || !("session" in this.#opened)) return false;
    const { closed, destroyed, remoteSettings } = this.#opened.session;
    return !closed && !destroyed && this.#streams < (remoteSettings.maxConcurrentStreams ?? Infinity);
  }
}

function keyOf({ url, alpn, network }: SessionRoute): string {
  const proxy = proxyOf(url, network);
  // A SOCKS proxy is given the time of whoever begins to dial, which must be enough for all who wait.
  const timeoutMs = proxy?.scheme.startsWith("socks") === true ? network.handshakeTimeoutMs : undefined;
  return JSON.stringify([url.protocol, url.host, alpn, proxy?.href, timeoutMs, network.socketPath]);
}

async function openSession(route: SessionRoute, signal: AbortSignal): Promise<Opened> {
  const { url, tls, alpn, network } = route;
  const socket = await dial(url, tls, alpn, network, signal);
  if (isSecure(url) && (socket as { alpnProtocol?: unknown }).alpnProtocol !== "h2") return { http1: socket };
  const session = connectHttp2(`${isSecure(url) ? "https" : "http"}://${url.host}`, {
    createConnection: () => socket,
    settings: { enablePush: false, initialWindowSize: STREAM_WINDOW_BYTES },
  });
  ignoreErrors(session);
  session.setLocalWindowSize(SESSION_WINDOW_BYTES);
  // Only they say whether WebSockets are welcome.
  await eventOf(session, "remoteSettings", SERVER, signal);
  return { session, socket };
}

/** A session of Node waits for the other side to hang up, for as long as that takes; we do not. */
function end(opened: Opened): void {
  if ("http1" in opened) return void opened.http1.destroy();
  const { session, socket } = opened;
  session.close();
  const timer = setTimeout(() => socket.destroy(), GOODBYE_MS).unref();
  socket.once("close", () => clearTimeout(timer));
}
