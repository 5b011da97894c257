// Dials a URL, does the opening handshake, and hands the socket over to a Connection (RFC 6455 §4.1).
import type { Socket } from "node:net";
import {
  Connection,
  type ConnectionOptions,
  MAX_TIMER_MS,
  numberOption,
  resolveConnectionOptions,
} from "@ws/connection";
import {
  type ClientRequest,
  createRequest,
  HandshakeError,
  ResponseDecoder,
  verifyResponse,
} from "@ws/handshake";
import { ConnectError } from "./connect-error.ts";
import type { ConnectOptions } from "./connect-options.ts";
import { dial } from "./dial.ts";

const HANDSHAKE_TIMEOUT_MS = 10_000;
/** More than this many provisional responses (1xx) before the answer are no answer. */
const MAX_PROVISIONAL = 8;

/**
 * Opens a WebSocket.
 *
 * @param url `ws:`, `wss:`, `http:` or `https:`; credentials in it become an `Authorization` header
 * @throws ConnectError when it could not be opened: see {@link ConnectErrorCode}
 * @throws TypeError or RangeError, at once, for a URL or options that make no sense
 *
 * @example
 * ```ts
 * const connection = await connect("wss://example.org/chat", { protocols: "chat" });
 * connection.send("hello");
 * for await (const message of connection) console.log(message);
 * ```
 */
export async function connect(url: string | URL, options: ConnectOptions = {}): Promise<Connection> {
  const target = new URL(url);
  const { protocols, headers, origin, signal } = options;
  const handshakeTimeoutMs = numberOption(options, "handshakeTimeoutMs", HANDSHAKE_TIMEOUT_MS, MAX_TIMER_MS);
  const connectionOptions = resolveConnectionOptions("client", options);
  const request = createRequest({
    url: target,
    ...(protocols !== undefined && { protocols: typeof protocols === "string" ? [protocols] : protocols }),
    ...(headers !== undefined && { headers }),
    ...(origin !== undefined && { origin }),
  });
  signal?.throwIfAborted();

  const { socket, readyEvent } = dial(target, options.tls);
  socket.once(readyEvent, () => socket.write(request.head));
  try {
    return await openOn(socket, request, connectionOptions, handshakeTimeoutMs, signal);
  } catch (error) {
    socket.destroy();
    throw error;
  }
}

/** Waits for the answer on a socket that is still connecting, and makes the connection of it in the same tick. */
function openOn(
  socket: Socket,
  request: ClientRequest,
  options: ConnectionOptions,
  handshakeTimeoutMs: number,
  signal: AbortSignal | undefined,
): Promise<Connection> {
  let decoder = new ResponseDecoder();
  let provisional = 0;

  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      fail(
        new ConnectError("HANDSHAKE_TIMEOUT", `Cannot connect: no answer within ${handshakeTimeoutMs} ms`),
      );
    }, handshakeTimeoutMs);
    socket.on("data", onData).on("error", onError).on("end", onEnd).on("close", onEnd);
    signal?.addEventListener("abort", onAbort);

    function onData(chunk: Uint8Array): void {
      try {
        const connection = receive(chunk);
        if (connection === undefined) return;
        resolve(connection);
      } catch (error) {
        fail(
          error instanceof HandshakeError
            ? new ConnectError("MALFORMED_RESPONSE", `Cannot connect: ${error.message}`, { cause: error })
            : error,
        );
      }
    }

    function receive(chunk: Uint8Array): Connection | undefined {
      const response = decoder.push(chunk);
      if (response === undefined) return undefined;
      // RFC 9110 §15.2: "A client MUST be able to parse one or more 1xx responses received prior to a final response"
      if (response.status < 200 && response.status !== 101 && provisional++ < MAX_PROVISIONAL) {
        const { rest } = decoder;
        decoder = new ResponseDecoder();
        return receive(rest);
      }
      const result = verifyResponse(request, response);
      if (!result.accepted) throw new ConnectError(result.code, result.message, { response: result });
      release();
      return new Connection(socket, {
        ...options,
        role: "client",
        protocol: result.protocol,
        head: decoder.rest,
      });
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
      reject(error);
    }

    function release(): void {
      clearTimeout(timer);
      socket.off("data", onData).off("error", onError).off("end", onEnd).off("close", onEnd);
      signal?.removeEventListener("abort", onAbort);
    }
  });
}
