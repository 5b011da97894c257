// A port that speaks nothing but handshakes: TCP or TLS sockets in, handshakes out, each within a deadline. What is no
// request is answered here and never gets further.
import { createServer, type AddressInfo, type Server, type Socket } from "node:net";
import type { Duplex } from "node:stream";
import type { Server as TlsServer, TLSSocket, TlsOptions } from "node:tls";
import { type Caller, Callers } from "./callers.ts";
import { ConnectHandshake } from "./connect-handshake.ts";
import { Http2Sessions } from "./http2-sessions.ts";
import { ignore } from "./ignore.ts";
import type { IncomingHandshake } from "./incoming-handshake.ts";
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

/** Half a megabyte, which a port without TLS does not need. */
function createTlsServer(options: TlsOptions): TlsServer {
  return process.getBuiltinModule("node:tls").createServer(options);
}

export class PortListener {
  readonly #server: Server;
  readonly #owner: PortListenerOwner;
  readonly #handshakeTimeoutMs: number;
  readonly #http2: Http2Sessions | undefined;
  readonly #callers: Callers;
  /** Rings when the first of those who owe us a request may be late. */
  #alarm: NodeJS.Timeout | undefined;

  // One function for all sockets: a closure would live as long as what it listens to.
  readonly #onClose: (this: Socket) => void;
  // To remember it costs a third of what the connection itself does. What TLS or HTTP/2 carries is remembered all the same.
  readonly #onRelease = (socket: Duplex): void => {
    const caller = this.#callers.of(socket as Socket);
    if (caller?.accepted !== socket) return;
    this.#callers.remove(caller);
    socket.off("close", this.#onClose);
  };
  readonly #readerOwner: RequestReaderOwner = {
    onRequest: (socket, head, rest) => {
      const { startedAt } = this.#forgive(socket) ?? { startedAt: performance.now() };
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
    const callers = new Callers(tls !== undefined);
    this.#callers = callers;
    this.#onClose = function () {
      const caller = callers.of(this);
      if (caller !== undefined) callers.remove(caller);
    };
    if (http2) {
      this.#http2 = new Http2Sessions(maxStreamsPerSession, {
        onStream: (stream, headers, socket) =>
          owner.onHandshake(new ConnectHandshake(stream, headers, socket)),
        onIdle: (socket) => this.#owe(socket),
        onBusy: (socket) => this.#forgive(socket),
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
    return this.#callers.owing.size;
  }

  /** Accepts no more, drops who has not finished asking, and resolves when the last socket has ended. */
  close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.#http2?.close();
    for (const caller of this.#callers.owing) this.#giveUp(caller);
    return closed;
  }

  /** Ends, without a word, every socket that no connection has. */
  destroySockets(): void {
    for (const { accepted } of this.#callers.all) accepted.destroy();
  }

  /** The time of a peer begins when it is accepted, before TLS. */
  #accept(socket: Socket): void {
    // From now on a peer that resets must not crash the process.
    socket.on("error", ignore);
    const caller = this.#callers.add(socket);
    // Gone before it was looked at.
    if (caller === undefined) return void socket.destroy();
    // A socket that has closed may not know its name any more.
    socket.on("close", caller.name === undefined ? this.#onClose : () => this.#callers.remove(caller));
    if (!this.#owner.mayWaitFor(this.pending)) this.#dropOldest();
    this.#expect(caller);
  }

  /** Who has taken longest to ask gives way: an honest client needs no longer than the way there and back. */
  #dropOldest(): void {
    const { oldestOwing } = this.#callers;
    if (oldestOwing !== undefined) this.#giveUp(oldestOwing);
  }

  /** Waits for a request as long as a peer may take; one that is waited for gets no more time. */
  #expect(caller: Caller): void {
    this.#callers.owes(caller);
    if (this.#alarm === undefined) this.#setAlarm(this.#handshakeTimeoutMs);
  }

  /** All may take the same time, so one timer is enough: it waits for the first. */
  #setAlarm(ms: number): void {
    this.#alarm = setTimeout(() => {
      this.#alarm = undefined;
      const now = performance.now();
      for (const caller of this.#callers.owing) {
        const timeLeftMs = caller.startedAt + this.#handshakeTimeoutMs - now;
        if (timeLeftMs > 0) return this.#setAlarm(Math.ceil(timeLeftMs));
        this.#giveUp(caller);
      }
    }, ms);
    // What keeps a process alive is the sockets.
    this.#alarm.unref();
  }

  /** An HTTP/2 session carries nothing, and its peer owes us a request. */
  #owe(socket: Socket): void {
    const caller = this.#callers.of(socket);
    if (caller === undefined || socket.destroyed) return;
    caller.socket = socket;
    caller.reader = undefined;
    this.#expect(caller);
  }

  #forgive(socket: Socket): Caller | undefined {
    const caller = this.#callers.of(socket);
    if (caller !== undefined) this.#callers.forgive(caller);
    return caller;
  }

  /** Ends the wait: with a word where one can be said. */
  #giveUp(caller: Caller): void {
    const { socket, reader } = caller;
    this.#callers.forgive(caller);
    if (reader === undefined) return void socket.destroy();
    reader.stop();
    this.#deny(socket, refusal(408, "HANDSHAKE_TIMEOUT", "The handshake took too long"));
  }

  #deny(socket: Socket, reason: Refusal): void {
    this.#forgive(socket);
    refuse(socket, reason);
    this.#owner.onRefused(reason, socket);
  }

  #read(socket: Socket): void {
    const caller = this.#callers.of(socket);
    if (caller === undefined || !this.#callers.owing.has(caller)) return void socket.destroy();
    caller.socket = socket;
    caller.reader = new RequestReader(socket, this.#http2 !== undefined, this.#readerOwner);
    // Over TLS it is another one than the one that was accepted.
    if (socket !== caller.accepted) socket.on("error", ignore);
  }
}
