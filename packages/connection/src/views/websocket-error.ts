// How a stream over a connection says that it did not end well, and how whoever gives such a stream up says what the peer
// is to be told. The name and the fields are those of the error that comes with the browsers' WebSocketStream;
// it takes every code that can be sent, as a server needs them.
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
export class WebSocketError extends DOMException {
  /** 1005 for a close frame without a code, 1006 for none at all; `null` where it was not said. */
  readonly closeCode: number | null;
  /** The reason of the close frame; `""` for none. */
  readonly reason: string;
  /** What made the connection end like that; `undefined` where nothing is known. */
  override readonly cause: unknown;

  /**
   * @throws DOMException `InvalidAccessError` for a code that a close cannot have, `SyntaxError` for a reason of more than 123
   * bytes; TypeError for a reason that is no string
   */
  constructor(message = "", { closeCode, reason = "", cause }: WebSocketErrorInit = {}) {
    super(message, "WebSocketError");
    this.closeCode = closeCode ?? (reason === "" ? null : CloseCode.normal);
    this.reason = reason;
    this.cause = cause;
    if (closeCode !== CloseCode.noStatus && closeCode !== CloseCode.abnormal) {
      assertSendable(this.closeCode ?? undefined, reason);
    }
  }
}

function assertSendable(code: number | undefined, reason: string): void {
  try {
    encodeClosePayload(code, "");
  } catch (error) {
    throw new DOMException((error as Error).message, "InvalidAccessError");
  }
  try {
    encodeClosePayload(code, reason);
  } catch (error) {
    throw error instanceof RangeError ? new DOMException(error.message, "SyntaxError") : error;
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

/**
 * Closes because a stream was given up: as a {@link WebSocketError} says, otherwise with `code`.
 *
 * @param code where nothing was said; 1005 for a close frame without one
 */
export function closeBecause(connection: Connection, why: unknown, code: number): void {
  const said = why instanceof WebSocketError ? why : undefined;
  const wanted = said?.closeCode ?? code;
  // What came of another connection's end cannot be sent.
  const isForeign = said?.closeCode === CloseCode.noStatus || said?.closeCode === CloseCode.abnormal;
  void connection.close(isForeign ? CloseCode.internalError : wanted, said?.reason);
}
