// Why a connection could not be opened: one class for the network, TLS, proxies, the clock and the server's answer.
import type { HeaderFields, RefusalCode } from "@ws/handshake";

/** What kept {@link connect} from connecting. */
export type ConnectErrorCode =
  /** The network or TLS: the `cause` says what. */
  | "NETWORK"
  /** The proxy could not be reached, or would not go on: `response` is its answer, if it gave one over HTTP. */
  | "PROXY"
  /** The server did not answer in time. */
  | "HANDSHAKE_TIMEOUT"
  /** The server's answer is no HTTP response; the `cause` says why. */
  | "MALFORMED_RESPONSE"
  /** The server sent the client on more often than `maxRedirects` allows. */
  | "TOO_MANY_REDIRECTS"
  /** The server sent the client to nowhere, or from TLS to plain text. */
  | "BAD_REDIRECT"
  /** The server carries no WebSockets over HTTP/2, and nothing else was allowed or possible. */
  | "HTTP2_UNAVAILABLE"
  /** The answer does not open a WebSocket. */
  | RefusalCode;

/** An answer over HTTP. */
export interface ErrorResponse {
  /** Its status. */
  readonly status: number;
  readonly headers: HeaderFields;
}

/** A connection could not be opened. */
export class ConnectError extends Error {
  override readonly name = "ConnectError";
  /** Stable; match on it rather than on the message. */
  readonly code: ConnectErrorCode;
  /**
   * The status and headers of the answer, if there was one: a login, a time to come back. The proxy's where the code is
   * `PROXY`, otherwise the server's.
   */
  readonly response: ErrorResponse | undefined;

  constructor(
    code: ConnectErrorCode,
    message: string,
    details: { cause?: unknown; response?: ErrorResponse } = {},
  ) {
    super(message, { cause: details.cause });
    this.code = code;
    this.response = details.response && {
      status: details.response.status,
      headers: details.response.headers,
    };
  }
}
