// Waits for the head of the server's answer on a socket that may still be connecting, for the clock, and for whoever may
// abort. What the answer means is for the caller, who must take the socket over in the same tick: the next bytes are frames.
import type { Socket } from "node:net";
import { HandshakeError, ResponseDecoder, type ResponseHead } from "@ws/handshake";
import { ConnectError } from "./connect-error.ts";

/** More than this many provisional responses (1xx) before the answer are no answer. */
const MAX_PROVISIONAL = 8;

/**
 * @param take makes something of the answer and the bytes behind it; what it throws, the promise rejects with
 */
export function readResponse<Taken>(
  socket: Socket,
  timeoutMs: number,
  signal: AbortSignal | undefined,
  take: (response: ResponseHead, rest: Uint8Array) => Taken,
): Promise<Taken> {
  let decoder = new ResponseDecoder();
  let provisional = 0;

  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      fail(new ConnectError("HANDSHAKE_TIMEOUT", `Cannot connect: no answer within ${timeoutMs} ms`));
    }, timeoutMs);
    socket.on("data", onData).on("error", onError).on("end", onEnd).on("close", onEnd);
    signal?.addEventListener("abort", onAbort);

    function onData(chunk: Uint8Array): void {
      try {
        const response = receive(chunk);
        if (response === undefined) return;
        release();
        resolve(take(response, decoder.rest));
      } catch (error) {
        if (!(error instanceof HandshakeError)) return fail(error);
        fail(new ConnectError("MALFORMED_RESPONSE", `Cannot connect: ${error.message}`, { cause: error }));
      }
    }

    function receive(chunk: Uint8Array): ResponseHead | undefined {
      const response = decoder.push(chunk);
      // RFC 9110 §15.2: "A client MUST be able to parse one or more 1xx responses received prior to a final response"
      const isProvisional = response !== undefined && response.status < 200 && response.status !== 101;
      if (!isProvisional || provisional++ === MAX_PROVISIONAL) return response;
      const { rest } = decoder;
      decoder = new ResponseDecoder();
      return receive(rest);
    }

    function onError(error: Error): void {
      fail(new ConnectError("NETWORK", `Cannot connect: ${error.message}`, { cause: error }));
    }

    function onEnd(): void {
      fail(new ConnectError("NETWORK", "Cannot connect: the server ended the connection before it answered"));
    }

    function onAbort(): void {
      fail(signal?.reason);
    }

    function fail(error: unknown): void {
      release();
      // What still goes wrong on a socket that is given up concerns nobody.
      socket.on("error", () => {});
      socket.destroy();
      reject(error);
    }

    function release(): void {
      clearTimeout(timer);
      socket.off("data", onData).off("error", onError).off("end", onEnd).off("close", onEnd);
      signal?.removeEventListener("abort", onAbort);
    }
  });
}
