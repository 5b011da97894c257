// A port that speaks nothing but handshakes: TCP or TLS sockets in, request heads out. Reads each head with the handshake's own
// decoder, strict and bounded, within a deadline; what is no head is answered here and never gets further.
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

export class PortListener {
  readonly #server: Server;
  readonly #owner: PortListenerOwner;
  readonly #handshakeTimeoutMs: number;
  /** Sockets whose request is not whole yet. */
  readonly #pending = new Set<Socket>();
  /** Every socket that was accepted and has not ended, in whatever state. */
  readonly #sockets = new Set<Socket>();

  constructor({ port, host, tls, handshakeTimeoutMs }: PortListenerOptions, owner: PortListenerOwner) {
    this.#owner = owner;
    this.#handshakeTimeoutMs = handshakeTimeoutMs;
    // The answer to a peer that has ended its side must still be written.
    const options = { allowHalfOpen: true, noDelay: true };
    const read = (socket: Socket): void => this.#read(socket);
    this.#server =
      tls === undefined
        ? createServer(options, read)
        : createTlsServer(
            { ALPNProtocols: ["http/1.1"], ...tls, ...options, handshakeTimeout: handshakeTimeoutMs },
            read,
          );
    this.#server.on("connection", (socket: Socket) => {
      this.#sockets.add(socket);
      socket.on("close", () => this.#sockets.delete(socket));
    });
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
    for (const socket of this.#pending) socket.destroy();
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }

  /** Ends every socket, without a word. */
  destroySockets(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  #read(socket: Socket): void {
    const decoder = new RequestDecoder();
    const timer = setTimeout(
      () => finish(reject(408, "The handshake took too long")),
      this.#handshakeTimeoutMs,
    );
    this.#pending.add(socket);
    const release = (): void => {
      clearTimeout(timer);
      this.#pending.delete(socket);
      socket.off("data", onData).off("end", onEnd).off("close", release);
    };
    const finish = (rejected: ReturnType<typeof reject>): void => {
      release();
      refuse(socket, rejected);
    };
    const onData = (chunk: Uint8Array): void => {
      try {
        const head = decoder.push(chunk);
        if (head === undefined) return;
        release();
        this.#owner.onRequest(head, socket, decoder.rest);
      } catch (error) {
        if (!(error instanceof HandshakeError)) throw error;
        finish(reject(error.status, error.message));
      }
    };
    const onEnd = (): void => void socket.destroy();
    // From now on nobody else may listen, and a peer that resets must not crash the process.
    socket.on("error", () => {});
    socket.on("data", onData).on("end", onEnd).on("close", release);
  }
}
