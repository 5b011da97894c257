// HTTP-version of a start line (RFC 9112 §2.3) → "1.1" and the like.

import { HandshakeError } from "./handshake-error.ts";
import { quote } from "./quote.ts";

/** The version without its name: `HTTP/1.1` → `1.1`. Anything but HTTP/1.x is refused, 505 when at least well-formed. */
export function parseHttpVersion(text: string): string {
  // RFC 9112 §2.3: "HTTP-version is case-sensitive"
  if (
    text.length !== 8 ||
    !text.startsWith("HTTP/") ||
    !isDigit(text, 5) ||
    text[6] !== "." ||
    !isDigit(text, 7)
  ) {
    throw new HandshakeError("MALFORMED_START_LINE", 400, `the HTTP version is ${quote(text)}`);
  }
  if (text[5] !== "1") {
    throw new HandshakeError(
      "UNSUPPORTED_HTTP_VERSION",
      505,
      `the HTTP version is ${quote(text)}, not HTTP/1.1`,
    );
  }
  return text.slice(5);
}

export function isDigit(text: string, index: number): boolean {
  const code = text.charCodeAt(index);
  return code >= 0x30 && code <= 0x39;
}
