// The two kinds of head that a handshake consists of, as plain values. They come from the decoders here, or from any
// HTTP server or client that can list its headers.

import type { HeaderFields } from "./header-fields.ts";

/** The head of a request. From Node: `{ method, url, httpVersion, rawHeaders }` of an `IncomingMessage`. */
export interface RequestHead {
  /** As sent; methods are case-sensitive. */
  readonly method: string;
  /** As sent: `/chat?room=1`, or an absolute URI. Over HTTP/2 the pseudo-header field `:path`. */
  readonly target: string;
  /** Major and minor version: `"1.1"`, `"2.0"`. It decides by which rules the request is judged. */
  readonly httpVersion: string;
  /** The regular fields, without pseudo-header fields. */
  readonly headers: HeaderFields;
  /** Over HTTP/2, when the request has a `:protocol`: what makes it an extended CONNECT. */
  readonly extended?: ExtendedConnect;
}

/** The pseudo-header fields of an extended CONNECT (RFC 8441 §4), as sent; `""` for one that is missing. */
export interface ExtendedConnect {
  /** `:protocol`, such as `"websocket"`. */
  readonly protocol: string;
  /** `:scheme`, such as `"https"`. */
  readonly scheme: string;
  /** `:authority`, such as `"example.org:8443"`. */
  readonly authority: string;
}

/** The head of a response. */
export interface ResponseHead {
  /** Major and minor version: `"1.1"`, `"2.0"`. */
  readonly httpVersion: string;
  /** Three digits, 100 to 999. */
  readonly status: number;
  /** The reason phrase, often empty; always so over HTTP/2. */
  readonly reason: string;
  /** The regular fields, without pseudo-header fields. */
  readonly headers: HeaderFields;
}
