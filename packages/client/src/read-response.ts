// Waits for the head of an HTTP/1.1 answer, of a server or of a proxy. What it means is for the caller, who finds the
// socket paused: the next bytes are not HTTP any more.
import type { Socket } from "node:net";
import { HandshakeError, ResponseDecoder, type ResponseHead } from "@ws/handshake";
import { ConnectError } from "./connect-error.ts";
import { PROXY, type Peer, waitOn } from "./wait-on.ts";

/** More than this many provisional responses (1xx) before the answer are no answer. */
const MAX_PROVISIONAL = 8;

/** A head, and the bytes that came behind it. */
export interface Response {
  readonly response: ResponseHead;
  readonly rest: Uint8Array;
}

export function readResponse(socket: Socket, peer: Peer, signal: AbortSignal): Promise<Response> {
  let decoder = new ResponseDecoder();
  let provisional = 0;

  return waitOn(socket, peer, signal, (resolve, fail) => {
    // Whoever read before, such as for a proxy, has left it paused.
    socket.on("data", onData).resume();
    return () => socket.off("data", onData);

    function onData(chunk: Uint8Array): void {
      try {
        const response = receive(chunk);
        if (response === undefined) return;
        socket.pause();
        resolve({ response, rest: decoder.rest });
      } catch (error) {
        if (!(error instanceof HandshakeError)) return fail(error);
        const code = peer === PROXY ? "PROXY" : "MALFORMED_RESPONSE";
        fail(new ConnectError(code, `Cannot connect: ${error.message}`, { cause: error }));
      }
    }
  });

  function receive(chunk: Uint8Array): ResponseHead | undefined {
    const response = decoder.push(chunk);
    // RFC 9110 §15.2: "A client MUST be able to parse one or more 1xx responses received prior to a final response"
    const isProvisional = response !== undefined && response.status < 200 && response.status !== 101;
    if (!isProvisional || provisional++ === MAX_PROVISIONAL) return response;
    const { rest } = decoder;
    decoder = new ResponseDecoder();
    return receive(rest);
  }
}
