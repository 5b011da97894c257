// Bytes → the head of a response. Owns the status line (RFC 9112 §4); lines, fields and limits are head-decoder.ts, and
// whether the response opens a WebSocket is verify-response.ts.

import { HandshakeError } from "./handshake-error.ts";
import type { ResponseHead } from "./head.ts";
import { HeadDecoder, type HeadKind, type HeadLimits } from "./head-decoder.ts";
import type { HeaderFields } from "./header-fields.ts";
import { isDigit, parseHttpVersion } from "./http-version.ts";
import { quote } from "./quote.ts";

/**
 * Reads the head of one HTTP/1.x response, as strictly as {@link RequestDecoder} reads requests.
 *
 * A server may send interim responses (`103 Early Hints`) before the final one: for a status from 100 to 199 other
 * than 101, feed {@link ResponseDecoder.rest | rest} and what follows to a new decoder.
 *
 * @example
 * ```ts
 * import { ResponseDecoder } from "@ws/handshake";
 *
 * const bytes = new TextEncoder().encode("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n");
 * new ResponseDecoder().push(bytes)?.status; // 404
 * ```
 */
export class ResponseDecoder extends HeadDecoder<ResponseHead> {
  constructor(limits: HeadLimits = {}) {
    super(RESPONSE, limits);
  }
}

const RESPONSE: HeadKind<ResponseHead> = {
  skipsLeadingEmptyLines: false,
  parseStartLine: parseStatusLine,
  startLineTooLong: (maxHeaderBytes) =>
    new HandshakeError(
      "HEAD_TOO_LARGE",
      431,
      `its status line has more bytes than maxHeaderBytes, which is ${maxHeaderBytes}`,
    ),
};

function parseStatusLine(line: string): (headers: HeaderFields) => ResponseHead {
  const httpVersion = parseHttpVersion(line.slice(0, 8));
  const threeDigits = isDigit(line, 9) && isDigit(line, 10) && isDigit(line, 11) && line[9] !== "0";
  // The space behind the status is part of the grammar even when the reason is empty, yet servers leave it out.
  const ends = line.length === 12 || line[12] === " ";
  if (line[8] !== " " || !threeDigits || !ends) {
    throw new HandshakeError("MALFORMED_START_LINE", 400, `${quote(line)} is not a status line`);
  }
  const status = Number(line.slice(9, 12));
  const reason = line.slice(13);
  return (headers) => ({ httpVersion, status, reason, headers });
}
