// Dials a URL, does the opening handshake, and hands the socket over to a Connection (RFC 6455 §4.1).
import { Connection, MAX_TIMER_MS, numberOption, resolveConnectionOptions } from "@ws/connection";
import {
  type Agreement,
  createOffer,
  type Extension,
  MessageDeflate,
  resolveDeflateOptions,
  type ResolvedDeflateOptions,
  verifyAnswer,
} from "@ws/deflate";
import { createRequest, type ExtensionVerdict, formatExtensions, verifyResponse } from "@ws/handshake";
import { ConnectError } from "./connect-error.ts";
import type { ConnectOptions } from "./connect-options.ts";
import { dial } from "./dial.ts";
import { readResponse } from "./read-response.ts";

const HANDSHAKE_TIMEOUT_MS = 10_000;

/**
 * Opens a WebSocket.
 *
 * @param url `ws:`, `wss:`, `http:` or `https:`; credentials in it become an `Authorization` header
 * @throws ConnectError when it could not be opened: see {@link ConnectErrorCode}
 * @throws TypeError or RangeError, before anything is dialled, for a URL or options that make no sense
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
  const { protocols, headers, origin, signal, perMessageDeflate = false } = options;
  const handshakeTimeoutMs = numberOption(
    options,
    "handshakeTimeoutMs",
    HANDSHAKE_TIMEOUT_MS,
    MAX_TIMER_MS,
    1,
  );
  const connectionOptions = resolveConnectionOptions("client", options);
  const deflate =
    perMessageDeflate === false
      ? undefined
      : resolveDeflateOptions("client", perMessageDeflate === true ? {} : perMessageDeflate);
  const request = createRequest({
    url: target,
    ...(protocols !== undefined && { protocols: typeof protocols === "string" ? [protocols] : protocols }),
    ...(deflate !== undefined && { extensions: [createOffer(deflate)] }),
    ...(headers !== undefined && { headers }),
    ...(origin !== undefined && { origin }),
  });
  signal?.throwIfAborted();

  const { socket, readyEvent } = dial(target, options.tls);
  socket.once(readyEvent, () => socket.write(request.head));
  return readResponse(socket, handshakeTimeoutMs, signal, (response, head) => {
    const result = verifyResponse<Agreement>(request, response, {
      ...(deflate !== undefined && { extensions: (answers) => judgeAnswer(answers, deflate) }),
    });
    if (!result.accepted) throw new ConnectError(result.code, result.message, { response: result });
    return new Connection(socket, {
      ...connectionOptions,
      role: "client",
      protocol: result.protocol,
      extensions: formatExtensions(result.extensions),
      ...(result.agreed && deflate && { compression: new MessageDeflate("client", result.agreed, deflate) }),
      head,
    });
  });
}

function judgeAnswer(
  answers: readonly Extension[],
  options: ResolvedDeflateOptions,
): ExtensionVerdict<Agreement> {
  const [answer, another] = answers;
  // RFC 7692 §5: at most one of the offers of the same extension can be accepted.
  if (answer === undefined || another !== undefined)
    return { refused: "permessage-deflate was accepted twice" };
  const agreement = verifyAnswer(answer, options);
  return typeof agreement === "string" ? { refused: agreement } : { agreed: agreement };
}
