// The server's answer → the bytes of an HTTP/1.1 response. Owns what frames a rejection: it is the last message of its
// connection, and a browser must not take its text for markup.

import { Buffer } from "node:buffer";
import type { Accepted } from "./accept.ts";
import { encodeHead } from "./encode-head.ts";
import { reasonPhrase } from "./reason-phrase.ts";
import type { Rejected } from "./rejected.ts";

/**
 * The whole response, ready to be written: the head of a 101, or a rejection with its message as a short text body.
 * After a rejection the connection has to be closed.
 *
 * @throws TypeError when the request was accepted over HTTP/2, or when a header, after being tampered with, could break
 * out of its line.
 *
 * @example
 * ```ts
 * import { encodeResponse, reject } from "@ws/handshake";
 *
 * new TextDecoder().decode(encodeResponse(reject(404, "No such room")));
 * // HTTP/1.1 404 Not Found, Connection: close, Content-Type, Content-Length: 12, "No such room"
 * ```
 */
export function encodeResponse(result: Accepted<unknown> | Rejected): Uint8Array {
  if (result.accepted && result.status !== 101) {
    throw new TypeError(`Cannot encode response: the request was accepted with ${result.status}, not 101`);
  }
  const startLine = `HTTP/1.1 ${result.status} ${reasonPhrase(result.status)}`;
  if (result.accepted) return encodeHead(startLine, result.headers);

  // RFC 9110 §7.8: "A sender of Upgrade MUST also send an "Upgrade" connection option in the Connection header field"
  const hasUpgrade = result.headers.some(([name]) => name.toLowerCase() === "upgrade");
  return encodeHead(
    startLine,
    [
      ...result.headers,
      ["Connection", hasUpgrade ? "close, Upgrade" : "close"],
      ["Content-Type", "text/plain; charset=utf-8"],
      ["X-Content-Type-Options", "nosniff"],
      ["Content-Length", String(Buffer.byteLength(result.message, "utf8"))],
    ],
    result.message,
  );
}
