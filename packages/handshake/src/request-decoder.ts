// Bytes → the head of a request. Owns the request line (RFC 9112 §3); lines, fields and limits are head-decoder.ts, and
// whether the request is a WebSocket handshake is accept.ts.

import { isToken } from "./field-text.ts";
import { HandshakeError } from "./handshake-error.ts";
import type { RequestHead } from "./head.ts";
import { HeadDecoder, type HeadKind, type HeadLimits } from "./head-decoder.ts";
import type { HeaderFields } from "./header-fields.ts";
import { parseHttpVersion } from "./http-version.ts";
import { quote } from "./quote.ts";
import { isTarget } from "./request-target.ts";

/**
 * Reads the head of one HTTP/1.x request, strictly: CRLF line ends, no folding, no control characters.
 *
 * @example
 * ```ts
 * import { RequestDecoder } from "@ws/handshake";
 *
 * const decoder = new RequestDecoder({ maxHeaderBytes: 8192 });
 * decoder.push(new TextEncoder().encode("GET /chat HTTP/1.1\r\nHost: exam")); // undefined: more to come
 * const head = decoder.push(new TextEncoder().encode("ple.org\r\n\r\n"));
 * head?.headers.get("host"); // "example.org"
 * decoder.rest; // what came behind the head
 * ```
 */
export class RequestDecoder extends HeadDecoder<RequestHead> {
  constructor(limits: HeadLimits = {}) {
    super(REQUEST, limits);
  }
}

const REQUEST: HeadKind<RequestHead> = {
  // RFC 9112 §2.2: "SHOULD ignore at least one empty line (CRLF) received prior to the request-line"
  skipsLeadingEmptyLines: true,
  parseStartLine: parseRequestLine,
  // RFC 9112 §3: "longer than any URI it wishes to parse MUST respond with a 414 (URI Too Long)"
  startLineTooLong: (maxHeaderBytes) =>
    new HandshakeError(
      "TARGET_TOO_LONG",
      414,
      `its request line has more bytes than maxHeaderBytes, which is ${maxHeaderBytes}`,
    ),
};

function parseRequestLine(line: string): (headers: HeaderFields) => RequestHead {
  const afterMethod = line.indexOf(" ");
  const afterTarget = line.lastIndexOf(" ");
  const method = line.slice(0, Math.max(afterMethod, 0));
  const target = line.slice(afterMethod + 1, Math.max(afterTarget, 0));
  if (!isToken(method) || !isTarget(target)) {
    throw new HandshakeError("MALFORMED_START_LINE", 400, `${quote(line)} is not a request line`);
  }
  const httpVersion = parseHttpVersion(line.slice(afterTarget + 1));
  return (headers) => ({ method, target, httpVersion, headers });
}
