// The first bytes of a socket, until they are a request of HTTP/1.1, or the beginning of HTTP/2, or neither. Bounded by
// the handshake's own decoder; deadlines are for others.
import type { Socket } from "node:net";
import { HandshakeError, RequestDecoder, type RequestHead } from "@ws/handshake";
import { type Refusal, refusal } from "./refusal.ts";

/** RFC 9113 §3.4: "In HTTP/2, each endpoint is required to send a connection preface"; no method of HTTP/1.1 is called so. */
const PREFACE = Buffer.from("PRI ");

/** Who wants to know; exactly one of these is called, once for each socket, and it is not read any more by then. */
export interface RequestReaderOwner {
  onRequest(socket: Socket, head: RequestHead, rest: Uint8Array): void;
  /** The socket speaks HTTP/2, and all that was read has been put back. */
  onHttp2(socket: Socket): void;
  onMalformed(socket: Socket, reason: Refusal): void;
  /** The peer ended its side. */
  onEnd(socket: Socket): void;
}

export class RequestReader {
  readonly #socket: Socket;
  readonly #owner: RequestReaderOwner;
  readonly #decoder = new RequestDecoder();
  /** What came, while it may still become the preface of HTTP/2. */
  #opening: Buffer | undefined;

  /** @param mayBeHttp2 whether HTTP/2 is looked for at all */
  constructor(socket: Socket, mayBeHttp2: boolean, owner: RequestReaderOwner) {
    this.#socket = socket;
    this.#owner = owner;
    this.#opening = mayBeHttp2 ? Buffer.alloc(0) : undefined;
    socket.on("data", this.#onData).on("end", this.#onEnd);
  }

  stop(): void {
    this.#socket.off("data", this.#onData).off("end", this.#onEnd);
  }

  readonly #onData = (chunk: Buffer): void => {
    if (this.#opening === undefined) return this.#decode(chunk);
    const opening = Buffer.concat([this.#opening, chunk]);
    this.#opening = opening;
    const length = Math.min(opening.length, PREFACE.length);
    if (opening.compare(PREFACE, 0, length, 0, length) !== 0) {
      this.#opening = undefined;
      return this.#decode(opening);
    }
    if (length < PREFACE.length) return undefined;
    this.stop();
    this.#socket.pause();
    this.#socket.unshift(opening);
    return this.#owner.onHttp2(this.#socket);
  };

  readonly #onEnd = (): void => {
    this.stop();
    this.#owner.onEnd(this.#socket);
  };

  #decode(chunk: Uint8Array): void {
    let head: RequestHead | undefined;
    try {
      head = this.#decoder.push(chunk);
    } catch (error) {
      if (!(error instanceof HandshakeError)) throw error;
      this.stop();
      return this.#owner.onMalformed(this.#socket, refusal(error.status, error.code, error.message));
    }
    if (head === undefined) return undefined;
    this.stop();
    return this.#owner.onRequest(this.#socket, head, this.#decoder.rest);
  }
}
