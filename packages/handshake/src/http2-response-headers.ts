// The server's answer → the fields of an HTTP/2 response. Owns what frames a rejection, as encode-response.ts does for
// HTTP/1.1. Must not know the stream on which it is sent.

import { Buffer } from "node:buffer";
import type { Accepted } from "./accept.ts";
import { http2Headers, type Http2Headers } from "./http2-headers.ts";
import type { Rejected } from "./rejected.ts";

/**
 * The header fields of the response, as `respond` of a `node:http2` stream takes them: `:status`, then fields with
 * lower-case names. After a yes the stream stays open for frames. After a no the caller sends {@link Rejected.message} as
 * the body, in UTF-8, and ends the stream.
 *
 * @throws TypeError when the request was accepted over HTTP/1.1, or when a header, after being tampered with, is
 * malformed or has no place in HTTP/2.
 *
 * @example
 * ```ts
 * import { http2ResponseHeaders, reject } from "@ws/handshake";
 *
 * http2ResponseHeaders(reject(404, "No such room"));
 * // :status: 404, content-type, x-content-type-options, content-length: "12"
 * ```
 */
export function http2ResponseHeaders(result: Accepted<unknown> | Rejected): Http2Headers {
  const pseudo = { ":status": result.status };
  if (!result.accepted) {
    return http2Headers(pseudo, [
      ...result.headers,
      ["content-type", "text/plain; charset=utf-8"],
      ["x-content-type-options", "nosniff"],
      ["content-length", String(Buffer.byteLength(result.message, "utf8"))],
    ]);
  }
  if (result.status === 200) return http2Headers(pseudo, result.headers);
  throw new TypeError(`Cannot answer over HTTP/2: the request was accepted with ${result.status}, not 200`);
}
