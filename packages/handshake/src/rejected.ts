// A refusal of the server, as a value: status, stable code, a sentence for people, extra headers. Owns its shape and its
// validation. Nothing that a peer sends is ever thrown; it ends up here.

import { headerLines, type HeaderInput, type HeaderLine } from "./header-lines.ts";

/**
 * Why a server rejects a request.
 *
 * | Code | Status | The request |
 * |---|---|---|
 * | `METHOD_NOT_ALLOWED` | 405 | is not a GET; over HTTP/2, not a CONNECT |
 * | `UNSUPPORTED_HTTP_VERSION` | 400, 505 | is HTTP/1.0 (400), or not HTTP/1.x (505) |
 * | `MALFORMED_TARGET` | 400 | names neither a path nor an http(s) URI, or has a fragment |
 * | `MISSING_HOST`, `DUPLICATE_HOST`, `MALFORMED_HOST` | 400 | has not exactly one valid Host |
 * | `MISSING_CONNECT_PROTOCOL` | 400 | over HTTP/2: is a CONNECT without :protocol, which asks for a proxy |
 * | `UNSUPPORTED_CONNECT_PROTOCOL` | 501 | over HTTP/2: has a :protocol other than `websocket` |
 * | `MALFORMED_SCHEME` | 400 | over HTTP/2: has a :scheme other than http and https, or none |
 * | `MISSING_AUTHORITY`, `MALFORMED_AUTHORITY` | 400 | over HTTP/2: has no valid :authority |
 * | `DIFFERENT_HOST` | 400 | over HTTP/2: has a Host that is not the :authority |
 * | `CONNECTION_FIELD` | 400 | over HTTP/2: has Connection, Upgrade or another field of HTTP/1.1 connections |
 * | `UNEXPECTED_BODY` | 400 | announces a body |
 * | `UPGRADE_REQUIRED` | 426 | does not ask for `websocket` in Upgrade |
 * | `MISSING_CONNECTION_UPGRADE` | 400 | has no `upgrade` in Connection |
 * | `MISSING_VERSION`, `DUPLICATE_VERSION`, `MALFORMED_VERSION` | 400 | has not exactly one Sec-WebSocket-Version, 0 to 255 |
 * | `UNSUPPORTED_VERSION` | 426 | asks for a version other than 13 (over HTTP/2, which has no Upgrade: 400) |
 * | `MISSING_KEY`, `DUPLICATE_KEY`, `MALFORMED_KEY` | 400 | has not exactly one Sec-WebSocket-Key of 16 bytes |
 * | `DUPLICATE_ORIGIN`, `FOREIGN_ORIGIN` | 403 | comes from a page that the origin policy does not allow |
 * | `MALFORMED_PROTOCOL`, `DUPLICATE_PROTOCOL` | 400 | offers subprotocols that are not distinct tokens |
 * | `MALFORMED_EXTENSIONS` | 400 | offers extensions against the grammar, or absurdly many |
 * | `REFUSED` | any | was turned down by the application, with {@link reject} |
 */
export type RejectionCode =
  | "METHOD_NOT_ALLOWED"
  | "UNSUPPORTED_HTTP_VERSION"
  | "MALFORMED_TARGET"
  | "MISSING_HOST"
  | "DUPLICATE_HOST"
  | "MALFORMED_HOST"
  | "MISSING_CONNECT_PROTOCOL"
  | "UNSUPPORTED_CONNECT_PROTOCOL"
  | "MALFORMED_SCHEME"
  | "MISSING_AUTHORITY"
  | "MALFORMED_AUTHORITY"
  | "DIFFERENT_HOST"
  | "CONNECTION_FIELD"
  | "UNEXPECTED_BODY"
  | "UPGRADE_REQUIRED"
  | "MISSING_CONNECTION_UPGRADE"
  | "MISSING_VERSION"
  | "DUPLICATE_VERSION"
  | "MALFORMED_VERSION"
  | "UNSUPPORTED_VERSION"
  | "MISSING_KEY"
  | "DUPLICATE_KEY"
  | "MALFORMED_KEY"
  | "DUPLICATE_ORIGIN"
  | "FOREIGN_ORIGIN"
  | "MALFORMED_PROTOCOL"
  | "DUPLICATE_PROTOCOL"
  | "MALFORMED_EXTENSIONS"
  | "REFUSED";

/** The server's no. {@link encodeResponse} or {@link http2ResponseHeaders} turns it into an HTTP response. */
export interface Rejected {
  readonly accepted: false;
  /** The HTTP status of the response. */
  readonly status: number;
  /** Stable across versions; see {@link RejectionCode}. */
  readonly code: RejectionCode;
  /** One sentence for people; it becomes the body of the response. */
  readonly message: string;
  /** Headers that the status calls for, such as `Allow`; without those that frame the response. */
  readonly headers: readonly HeaderLine[];
}

/**
 * A rejection for the server's own reasons: 401, 404, 429, 503…
 *
 * @param status 300 to 599, but not 304, which cannot carry a body.
 * @param message the body of the response, so nothing that the peer must not read.
 * @param headers extra headers, such as `Retry-After` or `WWW-Authenticate`.
 * @throws RangeError for another status.
 * @throws TypeError when a header is malformed, or frames the response: Connection, Content-Length, Content-Type…
 *
 * @example
 * ```ts
 * import { encodeResponse, reject } from "@ws/handshake";
 *
 * encodeResponse(reject(503, "Too many connections", { "Retry-After": "30" }));
 * ```
 */
export function reject(status: number, message: string, headers?: HeaderInput): Rejected {
  if (!Number.isInteger(status) || status < 300 || status > 599 || status === 304) {
    throw new RangeError(`Cannot reject with status ${status}: it must be 300 to 599, and not 304`);
  }
  return {
    accepted: false,
    status,
    code: "REFUSED",
    message,
    headers: headerLines(headers, ["content-type"]),
  };
}

/** A rejection for a rule of the protocol. */
export function rejection(
  status: number,
  code: RejectionCode,
  reason: string,
  headers: readonly HeaderLine[] = [],
): Rejected {
  return { accepted: false, status, code, message: `Cannot accept handshake: ${reason}`, headers };
}
