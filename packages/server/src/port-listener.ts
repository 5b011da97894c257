// A port that speaks nothing but handshakes: TCP or TLS sockets in, handshakes out, each within a deadline. What is no
// request is answered here and never gets further.
import { createServer, type AddressInfo, type Server, type Socket } from "node:net";
import type { Duplex } from "node:stream";
import type { Server as TlsServer, TLSSocket, TlsOptions } from "node:tls";
import { ConnectHandshake } from "./connect-handshake.ts";
import { Http2Sessions } from "./http2-sessions.ts";
import { ignore } from "./ignore.ts";
import type { IncomingHandshake } from "./incoming-handshake.ts";
import { peerName } from "./peer-name.ts";
import { type Refusal, refusal } from "./refusal.ts";
import { refuse } from "./refuse.ts";
import { toIncomingMessage } from "./request-head.ts";
import { RequestReader, type RequestReaderOwner } from "./request-reader.ts";
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
  onRefused(reason: Refusal, socket: Socket): void;
}

/** A peer that owes us a request. */
interface Pending {
  readonly startedAt: number;
  /** The one that is read: over TLS it comes later. */
  socket: Socket;
  /** Where a request of HTTP/1.1 is read, and a word can be said; not while TLS is not done, nor in HTTP/2. */
  reader: RequestReader | undefined;
}

/** A TCP connection: its socket; over TLS, where two objects stand for it, its name. */
type Peer = Socket | string;

/** Half a megabyte, which a port without TLS does not need. */
function createTlsServer(options: TlsOptions): TlsServer {
  return process.getBuiltinModule("node:tls").createServer(options);
}

export class PortListener {
  readonly #server: Server;
  readonly #owner: PortListenerOwner;
  readonly #handshakeTimeoutMs: number;
  readonly #http2: Http2Sessions | undefined;
  readonly #isTls: boolean;
  /** In the order in which they began. */
  readonly #pending = new Map<Peer, Pending>();
  /** Rings when the first of them may be late. */
  #alarm: NodeJS.Timeout | undefined;
  /** What was accepted and has not ended, until a connection has it; over TLS, and for HTTP/2, as long as it lasts. */
  readonly #sockets = new Map<Peer, Socket>();

  // One function for all sockets: a closure would live as long as what it listens to.
  readonly #onClose: (this: Socket) => void;
  // To remember it costs a third of what the connection itself does.
  readonly #onRelease = (socket: Duplex): void => {
    if (this.#sockets.delete(socket as Socket)) socket.off("close", this.#onClose);
  };
  readonly #readerOwner: RequestReaderOwner = {
    onRequest: (socket, head, rest) => {
      const { startedAt } = this.#forget(this.#peerOf(socket)) ?? { startedAt: performance.now() };
      const request = toIncomingMessage(head, socket);
      this.#owner.onHandshake(new UpgradeHandshake(head, request, socket, rest, startedAt, this.#onRelease));
    },
    onHttp2: (socket) => this.#http2?.take(socket),
    onMalformed: (socket, reason) => this.#deny(socket, reason),
    onEnd: (socket) => socket.destroy(),
  };

  constructor(options: PortListenerOptions, owner: PortListenerOwner) {
    const { port, host, tls, http2, handshakeTimeoutMs, maxStreamsPerSession } = options;
    this.#owner = owner;
    this.#handshakeTimeoutMs = handshakeTimeoutMs;
    this.#isTls = tls !== undefined;
    const listener = this;
    this.#onClose = function () {
      listener.#ended(this, this);
    };
    if (http2) {
      this.#http2 = new Http2Sessions(maxStreamsPerSession, {
        onStream: (stream, headers, socket) =>
          owner.onHandshake(new ConnectHandshake(stream, headers, socket)),
        onIdle: (socket) => this.#owe(socket),
        onBusy: (socket) => this.#forget(this.#peerOf(socket)),
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
    for (const peer of this.#pending.keys()) this.#giveUp(peer);
    return closed;
  }

  /** Ends, without a word, every socket that no connection has. */
  destroySockets(): void {
    for (const socket of this.#sockets.values()) socket.destroy();
  }

  #peerOf(socket: Socket): Peer | undefined {
    return this.#isTls ? peerName(socket) : socket;
  }

  /** The time of a peer begins when it is accepted, before TLS. */
  #accept(socket: Socket): void {
    // From now on a peer that resets must not crash the process.
    socket.on("error", ignore);
    const peer = this.#peerOf(socket);
    // Gone before it was looked at.
    if (peer === undefined) return void socket.destroy();
    this.#forget(peer);
    this.#sockets.set(peer, socket);
    // A socket that has closed may not know its name any more.
    socket.on("close", peer === socket ? this.#onClose : () => this.#ended(peer, socket));
    if (!this.#owner.mayWaitFor(this.#pending.size)) this.#dropOldest();
    this.#expect(peer, socket);
  }

  #ended(peer: Peer, socket: Socket): void {
    // A peer that resets may come again from the same port before this is told.
    if (this.#sockets.get(peer) !== socket) return;
    this.#sockets.delete(peer);
    this.#forget(peer);
  }

  /** Who has taken longest to ask gives way: an honest client needs no longer than the way there and back. */
  #dropOldest(): void {
    const [oldest] = this.#pending.keys();
    if (oldest !== undefined) this.#giveUp(oldest);
  }

  /** Waits for a request as long as a peer may take; one that is waited for gets no more time. */
  #expect(peer: Peer, socket: Socket): void {
    const pending = this.#pending.get(peer);
    if (pending === undefined) {
      this.#pending.set(peer, { startedAt: performance.now(), socket, reader: undefined });
      if (this.#alarm === undefined) this.#setAlarm(this.#handshakeTimeoutMs);
    } else {
      pending.socket = socket;
      pending.reader = undefined;
    }
  }

  /** All may take the same time, so one timer is enough: it waits for the first. */
  #setAlarm(ms: number): void {
    this.#alarm = setTimeout(() => {
      this.#alarm = undefined;
      const now = performance.now();
      for (const [peer, { startedAt }] of this.#pending) {
        const timeLeftMs = startedAt + this.#handshakeTimeoutMs - now;
        if (timeLeftMs > 0) return this.#setAlarm(Math.ceil(timeLeftMs));
        this.#giveUp(peer);
      }
    }, ms);
    // What keeps a process alive is the sockets.
    this.#alarm.unref();
  }

  /** An HTTP/2 session carries nothing, and its peer owes us a request. */
  #owe(socket: Socket): void {
    const peer = this.#peerOf(socket);
    if (peer !== undefined && !socket.destroyed) this.#expect(peer, socket);
  }

  #forget(peer: Peer | undefined): Pending | undefined {
    const pending = peer === undefined ? undefined : this.#pending.get(peer);
    if (peer !== undefined) this.#pending.delete(peer);
    return pending;
  }

  /** Ends the wait: with a word where one can be said. */
  #giveUp(peer: Peer): void {
    const { socket, reader } = this.#forget(peer)!;
    if (reader === undefined) return void socket.destroy();
    reader.stop();
    this.#deny(socket, refusal(408, "HANDSHAKE_TIMEOUT", "The handshake took too long"));
  }

  #deny(socket: Socket, reason: Refusal): void {
    this.#forget(this.#peerOf(socket));
    refuse(socket, reason);
    this.#owner.onRefused(reason, socket);
  }

  #read(socket: Socket): void {
    const peer = this.#peerOf(socket);
    const pending = peer === undefined ? undefined : this.#pending.get(peer);
    if (pending === undefined) return void socket.destroy();
    pending.socket = socket;
    pending.reader = new RequestReader(socket, this.#http2 !== undefined, this.#readerOwner);
    // Over TLS it is another one than the one that was accepted.
    if (this.#isTls) socket.on("error", ignore);
  }
}
