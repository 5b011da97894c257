// Slow handshakes on a server that is not ours: a TCP connection that has not brought a whole request head by a deadline is
// ended. From its first request on, a connection is none of our business: Node's own headersTimeout and requestTimeout
// rule the rest. Node applies them every 30 seconds only, and gives TLS that never begins two minutes.
//
// Adds no listener that would change what the server does with a request.
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import type { ServerHttp2Session } from "node:http2";
import type { Socket } from "node:net";
import type { TLSSocket } from "node:tls";
import { encodeResponse, reject } from "@ws/handshake";
import { type NodeServer, speaksHttp2, speaksTls } from "./node-server.ts";
import { peerName } from "./peer-name.ts";

/** Node tells of every request here, whoever listens for it; only of upgrades and HTTP/1.1 CONNECT it does not. */
const REQUEST_START = "http.server.request.start";

interface Waiting {
  readonly timer: NodeJS.Timeout;
  /** Ends the wait with the connection; kept no longer than it lasts. */
  stopListening(): void;
  /** The one that is read: over TLS it comes later. */
  socket: Socket;
}

export class FirstRequestDeadline {
  readonly #server: NodeServer;
  readonly #deadlineMs: number;
  /** Whether a TCP connection without addresses cannot be told from others, because two objects stand for it. */
  readonly #needsNames: boolean;
  readonly #waiting = new Map<string | Socket, Waiting>();
  /** A socket whose request is handed back to its server is no new one. */
  readonly #known = new WeakSet<Socket>();

  constructor(server: NodeServer, deadlineMs: number) {
    this.#server = server;
    this.#deadlineMs = deadlineMs;
    this.#needsNames = speaksTls(server) || speaksHttp2(server);
    server.on("connection", this.#onConnection);
    server.on("secureConnection", this.#onSecureConnection);
    server.on("session", this.#onSession);
    subscribe(REQUEST_START, this.#onRequestStart);
  }

  /** A whole request of which Node does not tell has arrived here. */
  arrived(socket: Socket): void {
    this.#forget(this.#keyOf(socket));
  }

  stop(): void {
    const server = this.#server;
    server.off("connection", this.#onConnection);
    server.off("secureConnection", this.#onSecureConnection);
    server.off("session", this.#onSession);
    server.off("connect", this.#onConnect);
    unsubscribe(REQUEST_START, this.#onRequestStart);
    for (const key of this.#waiting.keys()) this.#forget(key);
  }

  #keyOf(socket: Socket): string | Socket | undefined {
    return peerName(socket) ?? (this.#needsNames ? undefined : socket);
  }

  #forget(key: string | Socket | undefined): void {
    if (key === undefined) return;
    const waiting = this.#waiting.get(key);
    if (waiting === undefined) return;
    clearTimeout(waiting.timer);
    waiting.stopListening();
    this.#waiting.delete(key);
  }

  readonly #onConnection = (socket: Socket): void => {
    const server = this.#server;
    // Where nobody listens for CONNECT, Node ends it; so we listen only where somebody does. Over HTTP/2 it is told to us.
    const hasConnect = server.listenerCount("connect") > 0 && !speaksHttp2(server);
    if (hasConnect && !server.listeners("connect").includes(this.#onConnect)) {
      server.prependListener("connect", this.#onConnect);
    }
    const key = this.#keyOf(socket);
    if (key === undefined || this.#known.has(socket)) return;
    this.#known.add(socket);
    const timer = setTimeout(() => {
      const late = this.#waiting.get(key);
      this.#forget(key);
      if (late !== undefined) expire(late.socket, server);
    }, this.#deadlineMs);
    timer.unref();
    const onClose = (): void => {
      // By now another connection may have the same name.
      if (this.#waiting.get(key)?.timer === timer) this.#forget(key);
    };
    socket.on("close", onClose);
    this.#waiting.set(key, { timer, socket, stopListening: () => void socket.off("close", onClose) });
  };

  readonly #onSecureConnection = (socket: Socket): void => {
    const key = this.#keyOf(socket);
    const waiting = key === undefined ? undefined : this.#waiting.get(key);
    if (waiting !== undefined) waiting.socket = socket;
  };

  readonly #onSession = (session: ServerHttp2Session): void => {
    const key = this.#keyOf(session.socket);
    session.once("stream", () => this.#forget(key));
  };

  readonly #onRequestStart = (message: unknown): void => {
    const { server, socket } = message as { readonly server: unknown; readonly socket: Socket };
    if (server === this.#server) this.arrived(socket);
  };

  readonly #onConnect = (_request: unknown, socket: Socket): void => this.arrived(socket);
}

/** With a word where HTTP/1.1 is spoken; without where TLS is not done, or HTTP/2 has begun. */
function expire(socket: Socket, server: NodeServer): void {
  const isPlainHttp1 = !speaksTls(server) && !speaksHttp2(server);
  const isSecureHttp1 = "encrypted" in socket && (socket as TLSSocket).alpnProtocol !== "h2";
  if (!isPlainHttp1 && !isSecureHttp1) return void socket.destroy();
  socket.end(encodeResponse(reject(408, "The request took too long")));
  socket.destroySoon();
}
