// What breaks a connection, or keeps a message from leaving, other than the peer's bytes and the transport's own errors.

/** The stable name of a {@link ConnectionError}. */
export type ConnectionErrorCode =
  /** The message cannot be sent: the connection is closing or closed. */
  | "CONNECTION_CLOSED"
  /** The message was not sent: more than `maxBufferedBytes` wait for the peer to read. */
  | "BUFFER_FULL"
  /** The peer sent more than a `max…PerSecond` allows. */
  | "RATE_EXCEEDED"
  /** The peer sent nothing within `pongTimeoutMs` after a ping. */
  | "KEEP_ALIVE_TIMEOUT"
  /** The closing did not get on for `closeTimeoutMs`. */
  | "CLOSE_TIMEOUT";

/** In the `error` of a close result, or what a send callback or `sendAsync` gets. */
export class ConnectionError extends Error {
  override readonly name = "ConnectionError";
  /** Stable; match on it rather than on the message. */
  readonly code: ConnectionErrorCode;

  constructor(code: ConnectionErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}
