// A port that speaks nothing but handshakes: TCP or TLS sockets in, handshakes out, each within a deadline. What is no
// request is answered here and never gets further.
import { createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { createServer as createTlsServer, type TLSSocket, type TlsOptions } from "node:tls";
import { ConnectHandshake } from "./connect-handshake.ts";
import { Http2Sessions } from "./http2-sessions.ts";
import { ignore } from "./ignore.ts";
import type { IncomingHandshake } from "./incoming-handshake.ts";
import { peerName } from "./peer-name.ts";
import { type Refusal, refusal } from "./refusal.ts";
import { refuse } from "./refuse.ts";
import { toIncomingMessage } from "./request-head.ts";
import { readRequest } from "./request-reader.ts";
import { UpgradeHandshake } from "./upgrade-handshake.ts";

/** Where a {@link PortListener} listens, and what it speaks. */
export interface PortListenerOptions {
  readonly port: number;
  readonly host: string | undefined;
  readonly tls: TlsOptions | undefined;
  /** For all of it: TLS, and the request. */
  readonly handshakeTimeoutMs: number;
  readonly http2: boolean;
  readonly maxStreamsPerSession: number;
}

/** Who uses a {@link PortListener}. */
export interface PortListenerOwner {
  onListening(): void;
  onError(error: Error): void;
  /** Whether one more may be waited for besides so many. */
  mayWaitFor(pending: number): boolean;
  /** A request has arrived. It is the owner's from now on. */
  onHandshake(incoming: IncomingHandshake): void;
  /** No request has arrived, and its sender has been told why not. */
  onRefused(reason: Refusal, remoteAddress: string | undefined): void;
}

/** A peer that owes us a request. */
interface Pending {
  readonly timer: NodeJS.Timeout;
  readonly startedAt: number;
  /** Ends the wait: with a word where one can be said, without while TLS is not done. */
  expire: () => void;
}

export class PortListener {
  readonly #server: Server;
  readonly #owner: PortListenerOwner;
  readonly #handshakeTimeoutMs: number;
  readonly #http2: Http2Sessions | undefined;
  /** By name, in the order in which they began. */
  readonly #pending = new Map<string, Pending>();
  /** Every socket that was accepted and has not ended, in whatever state, by name. */
  readonly #sockets = new Map<string, Socket>();

  constructor(options: PortListenerOptions, owner: PortListenerOwner) {
    const { port, host, tls, http2, handshakeTimeoutMs, maxStreamsPerSession } = options;
    this.#owner = owner;
    this.#handshakeTimeoutMs = handshakeTimeoutMs;
    if (http2) {
      this.#http2 = new Http2Sessions(maxStreamsPerSession, {
        onStream: (stream, headers, socket) =>
          owner.onHandshake(new ConnectHandshake(stream, headers, socket)),
        onIdle: (socket) => this.#owe(socket),
        onBusy: (socket) => this.#forget(peerName(socket)),
      });
    }
    // The answer to a peer that has ended its side must still be written.
    const sockets = { allowHalfOpen: true, noDelay: true };
    const ALPNProtocols = this.#http2 === undefined ? ["http/1.1"] : ["h2", "http/1.1"];
    this.#server =
      tls === undefined ? createServer(sockets) : createTlsServer({ ALPNProtocols, ...tls, ...sockets });
    this.#server.on("connection", (socket: Socket) => this.#accept(socket));
    this.#server.on(tls === undefined ? "connection" : "secureConnection", (socket: Socket) => {
      const isHttp2 = (socket as Partial<TLSSocket>).alpnProtocol === "h2";
      if (isHttp2 && this.#http2 !== undefined) this.#http2.take(socket);
      else this.#read(socket);
    });
    this.#server.on("tlsClientError", (_error: Error, socket: Socket) => socket.destroy());
    this.#server.on("listening", () => owner.onListening());
    this.#server.on("error", (error) => owner.onError(error));
    this.#server.listen(port, host);
  }

  get address(): AddressInfo | null {
    // Only a pipe has an address that is a string.
    return this.#server.address() as AddressInfo | null;
  }

  /** How many owe us a request. */
  get pending(): number {
    return this.#pending.size;
  }

  /** Accepts no more, drops who has not finished asking, and resolves when the last socket has ended. */
  close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.#http2?.close();
    for (const { expire } of this.#pending.values()) expire();
    return closed;
  }

  /** Ends every socket, without a word. */
  destroySockets(): void {
    for (const socket of this.#sockets.values()) socket.destroy();
  }

  /** The time of a peer begins when it is accepted, before TLS. */
  #accept(socket: Socket): void {
    // From now on a peer that resets must not crash the process.
    socket.on("error", ignore);
    const peer = peerName(socket);
    // Gone before it was looked at.
    if (peer === undefined) return void socket.destroy();
    this.#forget(peer);
    this.#sockets.set(peer, socket);
    socket.on("close", () => {
      // A peer that resets may come again from the same port before this is told.
      if (this.#sockets.get(peer) !== socket) return;
      this.#sockets.delete(peer);
      this.#forget(peer);
    });
    if (!this.#owner.mayWaitFor(this.#pending.size)) this.#dropOldest();
    this.#expect(peer, () => socket.destroy());
  }

  /** Who has taken longest to ask gives way: an honest client needs no longer than the way there and back. */
  #dropOldest(): void {
    const [oldest] = this.#pending;
    if (oldest === undefined) return;
    const [peer, { expire }] = oldest;
    this.#forget(peer);
    expire();
  }

  /** Waits for a request as long as a peer may take; one that is waited for gets no more time. */
  #expect(peer: string, expire: () => void): void {
    const pending = this.#pending.get(peer);
    if (pending !== undefined) {
      pending.expire = expire;
      return;
    }
    const timer = setTimeout(() => {
      const late = this.#pending.get(peer);
      this.#pending.delete(peer);
      late?.expire();
    }, this.#handshakeTimeoutMs);
    this.#pending.set(peer, { timer, startedAt: performance.now(), expire });
  }

  /** An HTTP/2 session carries nothing, and its peer owes us a request. */
  #owe(socket: Socket): void {
    const peer = peerName(socket);
    if (peer !== undefined && !socket.destroyed) this.#expect(peer, () => socket.destroy());
  }

  #forget(peer: string | undefined): void {
    if (peer === undefined) return;
    clearTimeout(this.#pending.get(peer)?.timer);
    this.#pending.delete(peer);
  }

  #read(socket: Socket): void {
    const peer = peerName(socket);
    const pending = peer === undefined ? undefined : this.#pending.get(peer);
    if (peer === undefined || pending === undefined) return void socket.destroy();
    const { remoteAddress } = socket;
    const deny = (reason: Refusal): void => {
      this.#forget(peer);
      refuse(socket, reason);
      this.#owner.onRefused(reason, remoteAddress);
    };
    const stop = readRequest(socket, this.#http2 !== undefined, {
      onRequest: (head, rest) => {
        this.#forget(peer);
        const request = toIncomingMessage(head, socket);
        this.#owner.onHandshake(new UpgradeHandshake(head, request, socket, rest, pending.startedAt));
      },
      onHttp2: () => this.#http2?.take(socket),
      onMalformed: deny,
      onEnd: () => socket.destroy(),
    });
    pending.expire = () => {
      stop();
      deny(refusal(408, "HANDSHAKE_TIMEOUT", "The handshake took too long"));
    };
    // Over TLS it is another one than the one that was accepted.
    socket.on("error", ignore);
  }
}
