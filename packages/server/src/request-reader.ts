// The first bytes of a socket, until they are a request of HTTP/1.1, or the beginning of HTTP/2, or neither. Bounded by
// the handshake's own decoder; deadlines are for others.
import type { Socket } from "node:net";
import { HandshakeError, RequestDecoder, type RequestHead } from "@ws/handshake";
import { type Refusal, refusal } from "./refusal.ts";

/** RFC 9113 §3.4: "In HTTP/2, each endpoint is required to send a connection preface"; no method of HTTP/1.1 is called so. */
const PREFACE = Buffer.from("PRI ");

/** Who wants to know; exactly one of these is called, once, and the socket is not read any more by then. */
export interface RequestReaderOwner {
  onRequest(head: RequestHead, rest: Uint8Array): void;
  /** The socket speaks HTTP/2, and all that was read has been put back. */
  onHttp2(): void;
  onMalformed(reason: Refusal): void;
  /** The peer ended its side. */
  onEnd(): void;
}

/**
 * Reads from a socket.
 *
 * @param mayBeHttp2 whether HTTP/2 is looked for at all
 * @returns stops the reading
 */
export function readRequest(socket: Socket, mayBeHttp2: boolean, owner: RequestReaderOwner): () => void {
  const decoder = new RequestDecoder();
  /** What came, while it may still become the preface of HTTP/2. */
  let opening = mayBeHttp2 ? Buffer.alloc(0) : undefined;

  const onData = (chunk: Buffer): void => {
    if (opening === undefined) return decode(chunk);
    opening = Buffer.concat([opening, chunk]);
    const length = Math.min(opening.length, PREFACE.length);
    if (opening.compare(PREFACE, 0, length, 0, length) !== 0) {
      const bytes = opening;
      opening = undefined;
      return decode(bytes);
    }
    if (length < PREFACE.length) return undefined;
    stop();
    socket.pause();
    socket.unshift(opening);
    return owner.onHttp2();
  };
  const decode = (chunk: Uint8Array): void => {
    let head: RequestHead | undefined;
    try {
      head = decoder.push(chunk);
    } catch (error) {
      if (!(error instanceof HandshakeError)) throw error;
      stop();
      return owner.onMalformed(refusal(error.status, error.code, error.message));
    }
    if (head === undefined) return undefined;
    stop();
    return owner.onRequest(head, decoder.rest);
  };
  const onEnd = (): void => {
    stop();
    owner.onEnd();
  };
  const stop = (): void => {
    socket.off("data", onData).off("end", onEnd);
  };
  socket.on("data", onData).on("end", onEnd);
  return stop;
}
