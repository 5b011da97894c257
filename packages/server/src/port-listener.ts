// A port that speaks nothing but handshakes: TCP or TLS sockets in, request heads out. Reads each head with the handshake's
// own decoder, strict and bounded, within a deadline; what is no head is answered here and never gets further.
import { createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { createServer as createTlsServer, type TlsOptions } from "node:tls";
import { HandshakeError, reject, RequestDecoder, type RequestHead } from "@ws/handshake";
import { refuse } from "./refuse.ts";

/** Where a {@link PortListener} listens, and how long it does. */
export interface PortListenerOptions {
  readonly port: number;
  readonly host: string | undefined;
  readonly tls: TlsOptions | undefined;
  /** For all of it: TLS, and the request. */
  readonly handshakeTimeoutMs: number;
}

/** Who uses a {@link PortListener}. */
export interface PortListenerOwner {
  onListening(): void;
  onError(error: Error): void;
  /** A request head has arrived, with the bytes behind it. The socket is the owner's from now on. */
  onRequest(head: RequestHead, socket: Socket, rest: Uint8Array): void;
}

/** A peer whose request is not whole yet. */
interface Pending {
  readonly timer: NodeJS.Timeout;
  /** Ends the wait: with a word where one can be said, without while TLS is not done. */
  expire: () => void;
}

export class PortListener {
  readonly #server: Server;
  readonly #owner: PortListenerOwner;
  readonly #handshakeTimeoutMs: number;
  /** By address: over TLS the socket that was accepted and the one that is read are two objects. */
  readonly #pending = new Map<string, Pending>();
  /** Every socket that was accepted and has not ended, in whatever state. */
  readonly #sockets = new Set<Socket>();

  constructor({ port, host, tls, handshakeTimeoutMs }: PortListenerOptions, owner: PortListenerOwner) {
    this.#owner = owner;
    this.#handshakeTimeoutMs = handshakeTimeoutMs;
    // The answer to a peer that has ended its side must still be written.
    const options = { allowHalfOpen: true, noDelay: true };
    this.#server =
      tls === undefined
        ? createServer(options)
        : createTlsServer({ ALPNProtocols: ["http/1.1"], ...tls, ...options });
    this.#server.on("connection", (socket: Socket) => this.#accept(socket));
    this.#server.on(tls === undefined ? "connection" : "secureConnection", (socket: Socket) =>
      this.#read(socket),
    );
    this.#server.on("tlsClientError", (_error: Error, socket: Socket) => socket.destroy());
    this.#server.on("listening", () => owner.onListening());
    this.#server.on("error", (error) => owner.onError(error));
    this.#server.listen(port, host);
  }

  get address(): AddressInfo | null {
    // Only a pipe has an address that is a string.
    return this.#server.address() as AddressInfo | null;
  }

  /** Accepts no more, drops who has not finished asking, and resolves when the last socket has ended. */
  close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    for (const { expire } of this.#pending.values()) expire();
    return closed;
  }

  /** Ends every socket, without a word. */
  destroySockets(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  /** The time of a peer begins when it is accepted, before TLS. */
  #accept(socket: Socket): void {
    const peer = nameOf(socket);
    // Gone before it was looked at.
    if (peer === undefined) return void socket.destroy();
    const timer = setTimeout(() => this.#pending.get(peer)?.expire(), this.#handshakeTimeoutMs);
    this.#pending.set(peer, { timer, expire: () => socket.destroy() });
    this.#sockets.add(socket);
    // From now on a peer that resets must not crash the process.
    socket.on("error", () => {});
    socket.on("close", () => {
      this.#sockets.delete(socket);
      this.#forget(peer);
    });
  }

  #forget(peer: string): void {
    clearTimeout(this.#pending.get(peer)?.timer);
    this.#pending.delete(peer);
  }

  #read(socket: Socket): void {
    const peer = nameOf(socket);
    const pending = peer === undefined ? undefined : this.#pending.get(peer);
    if (peer === undefined || pending === undefined) return void socket.destroy();
    const decoder = new RequestDecoder();
    const release = (): void => {
      this.#forget(peer);
      socket.off("data", onData).off("end", onEnd);
    };
    const onData = (chunk: Uint8Array): void => {
      let head: RequestHead | undefined;
      try {
        head = decoder.push(chunk);
      } catch (error) {
        if (!(error instanceof HandshakeError)) throw error;
        release();
        return refuse(socket, reject(error.status, error.message));
      }
      if (head === undefined) return;
      release();
      this.#owner.onRequest(head, socket, decoder.rest);
    };
    const onEnd = (): void => void socket.destroy();
    pending.expire = () => {
      release();
      refuse(socket, reject(408, "The handshake took too long"));
    };
    socket.on("error", () => {});
    socket.on("data", onData).on("end", onEnd);
  }
}

/** What tells a peer from all others as long as it is connected. */
function nameOf({ remoteAddress, remotePort }: Socket): string | undefined {
  return remoteAddress === undefined ? undefined : `${remoteAddress} ${remotePort}`;
}
