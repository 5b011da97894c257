// The error that ends the reading of a head. Owns the stable codes of the decoders and the status a server
// answers with. It never knows the socket: whoever drives the decoder writes the answer and closes.

/**
 * Why a head could not be read.
 *
 * - `MALFORMED_LINE`: a bare CR or LF, or a control character (400)
 * - `MALFORMED_START_LINE`: not a request line, or not a status line (400)
 * - `MALFORMED_HEADER`: not `name: value`, folded, or whitespace before the colon (400)
 * - `UNSUPPORTED_HTTP_VERSION`: well-formed, but not HTTP/1.x (505)
 * - `TARGET_TOO_LONG`: the byte limit was crossed inside the request line (414)
 * - `HEAD_TOO_LARGE`: the byte limit was crossed (431)
 * - `TOO_MANY_HEADERS`: the limit on header fields was crossed (431)
 */
export type HandshakeErrorCode =
  | "MALFORMED_LINE"
  | "MALFORMED_START_LINE"
  | "MALFORMED_HEADER"
  | "UNSUPPORTED_HTTP_VERSION"
  | "TARGET_TOO_LONG"
  | "HEAD_TOO_LARGE"
  | "TOO_MANY_HEADERS";

/**
 * Thrown by {@link RequestDecoder} and {@link ResponseDecoder} when the peer's bytes are not an acceptable head.
 *
 * @example
 * ```ts
 * import { encodeResponse, HandshakeError, reject, RequestDecoder } from "@ws/handshake";
 *
 * try {
 *   new RequestDecoder().push(new TextEncoder().encode("NONSENSE\r\n"));
 * } catch (error) {
 *   if (!(error instanceof HandshakeError)) throw error;
 *   encodeResponse(reject(error.status, error.message)); // the bytes of a 400
 * }
 * ```
 */
export class HandshakeError extends Error {
  override readonly name: string = "HandshakeError";
  /** What went wrong; stable across versions, unlike the message. */
  readonly code: HandshakeErrorCode;
  /** The HTTP status a server answers with: 400, 414, 431 or 505. Meaningless to a client. */
  readonly status: number;

  constructor(code: HandshakeErrorCode, status: number, reason: string) {
    super(`Cannot read head: ${reason}`);
    this.code = code;
    this.status = status;
  }
}
