// A response that does not open the connection, as a value of the client: stable code, sentence, and the response's own
// status and headers, by which redirects and retries are decided elsewhere.

import type { ResponseHead } from "./head.ts";
import type { HeaderFields } from "./header-fields.ts";

/**
 * Why a client refuses a response.
 *
 * | Code | The response |
 * |---|---|
 * | `UNEXPECTED_STATUS` | is not a 101, over HTTP/2 no 2xx: the server said no, redirects, or wants credentials |
 * | `UNSUPPORTED_HTTP_VERSION` | is not HTTP/1.1 |
 * | `CONNECTION_FIELD` | over HTTP/2: has Connection, Upgrade or another field of HTTP/1.1 connections |
 * | `MISSING_UPGRADE`, `WRONG_UPGRADE` | does not switch to exactly `websocket` |
 * | `MISSING_CONNECTION_UPGRADE` | has no `upgrade` in Connection |
 * | `MISSING_ACCEPT`, `DUPLICATE_ACCEPT`, `WRONG_ACCEPT` | does not prove that the server read the key |
 * | `MALFORMED_EXTENSIONS`, `UNOFFERED_EXTENSION` | accepts extensions against the grammar, or not asked for |
 * | `REFUSED_EXTENSIONS` | accepts extensions with parameters that the extension itself refuses |
 * | `DUPLICATE_PROTOCOL`, `UNOFFERED_PROTOCOL` | has several subprotocols, or one not asked for |
 */
export type RefusalCode =
  | "UNEXPECTED_STATUS"
  | "UNSUPPORTED_HTTP_VERSION"
  | "CONNECTION_FIELD"
  | "MISSING_UPGRADE"
  | "WRONG_UPGRADE"
  | "MISSING_CONNECTION_UPGRADE"
  | "MISSING_ACCEPT"
  | "DUPLICATE_ACCEPT"
  | "WRONG_ACCEPT"
  | "MALFORMED_EXTENSIONS"
  | "UNOFFERED_EXTENSION"
  | "REFUSED_EXTENSIONS"
  | "DUPLICATE_PROTOCOL"
  | "UNOFFERED_PROTOCOL";

/** The client's no. The connection has to be closed, and nothing of what the server sent may be used as frames. */
export interface Refused {
  readonly accepted: false;
  /** Stable across versions; see {@link RefusalCode}. */
  readonly code: RefusalCode;
  /** One sentence for people. */
  readonly message: string;
  /** The status of the response: 101 or 2xx too, when something else in it was wrong. */
  readonly status: number;
  /** The headers of the response: `Location`, `Retry-After`, `WWW-Authenticate`… */
  readonly headers: HeaderFields;
}

export function refusal(response: ResponseHead, code: RefusalCode, reason: string): Refused {
  const message = `Cannot open WebSocket: ${reason}`;
  return { accepted: false, code, message, status: response.status, headers: response.headers };
}
