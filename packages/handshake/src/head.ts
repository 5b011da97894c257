// The two kinds of head that a handshake consists of, as plain values. They come from the decoders here, or from any
// HTTP server or client that can list its headers.

import type { HeaderFields } from "./header-fields.ts";

/** The head of a request. From Node: `{ method, url, httpVersion, rawHeaders }` of an `IncomingMessage`. */
export interface RequestHead {
  /** As sent; methods are case-sensitive. */
  readonly method: string;
  /** As sent: `/chat?room=1`, or an absolute URI. */
  readonly target: string;
  /** Major and minor version: `"1.1"`. */
  readonly httpVersion: string;
  readonly headers: HeaderFields;
}

/** The head of a response. */
export interface ResponseHead {
  /** Major and minor version: `"1.1"`. */
  readonly httpVersion: string;
  /** Three digits, 100 to 999. */
  readonly status: number;
  /** The reason phrase, often empty. */
  readonly reason: string;
  readonly headers: HeaderFields;
}
