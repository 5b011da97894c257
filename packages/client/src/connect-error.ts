// Why a connection could not be opened: one class for the network, TLS, the clock and the server's answer.
import type { HeaderFields, RefusalCode, Refused } from "@ws/handshake";

/** What kept {@link connect} from connecting. */
export type ConnectErrorCode =
  /** The network or TLS: the `cause` says what. */
  | "NETWORK"
  /** The server did not answer in time. */
  | "HANDSHAKE_TIMEOUT"
  /** The server's answer is no HTTP response; the `cause` says why. */
  | "MALFORMED_RESPONSE"
  /** The answer does not open a WebSocket. */
  | RefusalCode;

/** A connection could not be opened. */
export class ConnectError extends Error {
  override readonly name = "ConnectError";
  /** Stable; match on it rather than on the message. */
  readonly code: ConnectErrorCode;
  /** The status and headers of the server's answer, if there was one: a redirect, a login, a time to come back. */
  readonly response: { readonly status: number; readonly headers: HeaderFields } | undefined;

  constructor(
    code: ConnectErrorCode,
    message: string,
    details: { cause?: unknown; response?: Refused } = {},
  ) {
    super(message, { cause: details.cause });
    this.code = code;
    this.response = details.response;
  }
}
