// The `ConnectionError` of @ws/connection for browsers, where that package, which knows streams, is not loaded.
import type { ConnectionErrorCode } from "@ws/connection";

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
