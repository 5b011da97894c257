// How a stream over a connection says that it did not end well, and how whoever gives such a stream up says what the peer
// is to be told. The name and the fields are those of the error that comes with the browsers' WebSocketStream.
import { CloseCode, encodeClosePayload } from "@ws/frame";
import type { CloseResult } from "../close-result.ts";
import type { Connection } from "../connection.ts";

/** What goes into a {@link WebSocketError}. */
export interface WebSocketErrorInit {
  /** Default: 1000 where there is a reason, otherwise none. */
  readonly closeCode?: number;
  /** Up to 123 bytes of UTF-8. Default: `""`. */
  readonly reason?: string;
  /** What led to it. Default: none. */
  readonly cause?: unknown;
}

/**
 * The error of a stream whose connection did not end well: `closeCode` and `reason` are those of the close result, and
 * `cause` is its `error`. Aborting or cancelling a web stream with one closes the connection with its code and reason.
 */
export class WebSocketError extends Error {
  override readonly name = "WebSocketError";
  /** 1005 for a close frame without a code, 1006 for none at all; `undefined` where it was not said. */
  readonly closeCode: number | undefined;
  /** The reason of the close frame; `""` for none. */
  readonly reason: string;

  /** @throws RangeError for a code that a close cannot have, or a reason that is too long; TypeError for no string */
  constructor(message = "", { closeCode, reason = "", cause }: WebSocketErrorInit = {}) {
    super(message, cause === undefined ? {} : { cause });
    this.closeCode = closeCode ?? (reason === "" ? undefined : CloseCode.normal);
    this.reason = reason;
    if (closeCode !== CloseCode.noStatus && closeCode !== CloseCode.abnormal) {
      encodeClosePayload(this.closeCode, reason);
    }
  }
}

export function endedWith({ code, reason, error }: CloseResult): WebSocketError {
  const why = reason === "" ? "" : ` (${reason})`;
  return new WebSocketError(`Cannot go on with the stream: the connection ended with ${code}${why}`, {
    closeCode: code,
    reason,
    cause: error,
  });
}

/** Closes because a stream was given up: as a {@link WebSocketError} says, with 1000 for no reason, 1011 for others. */
export function closeBecause(connection: Connection, why: unknown): void {
  const said = why instanceof WebSocketError ? why : undefined;
  const code = said?.closeCode ?? (why === undefined ? CloseCode.normal : CloseCode.internalError);
  const isSendable = code !== CloseCode.noStatus && code !== CloseCode.abnormal;
  void connection.close(isSendable ? code : CloseCode.internalError, said?.reason);
}
