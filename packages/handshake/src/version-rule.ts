// Sec-WebSocket-Version (RFC 6455 §4.4). It is asked in every HTTP version, so it stands apart from the rules of HTTP/1.1.

import type { RequestHead } from "./head.ts";
import type { HeaderLine } from "./header-lines.ts";
import { isDigit } from "./http-version.ts";
import { quote } from "./quote.ts";
import { rejection, type Rejected } from "./rejected.ts";

/** RFC 6455 §4.2.2: "a |Sec-WebSocket-Version| header field indicating the version(s) the server is capable of" */
const SUPPORTED: HeaderLine = ["Sec-WebSocket-Version", "13"];

export function checkVersion({ headers, httpVersion }: RequestHead): Rejected | undefined {
  // RFC 6455 §11.3.5: "the |Sec-WebSocket-Version| header field MUST NOT appear more than once in an HTTP request"
  const [version, another] = headers.values("sec-websocket-version");
  if (version === undefined) {
    return rejection(400, "MISSING_VERSION", "the Sec-WebSocket-Version header is missing", [SUPPORTED]);
  }
  if (another !== undefined) {
    return rejection(400, "DUPLICATE_VERSION", "there are several Sec-WebSocket-Version headers", [
      SUPPORTED,
    ]);
  }
  // RFC 6455 §4.2.1: "A |Sec-WebSocket-Version| header field, with a value of 13"
  if (version === "13") return undefined;
  const reason = `the WebSocket version is ${quote(version)}, not "13"`;
  if (!isVersion(version)) return rejection(400, "MALFORMED_VERSION", reason, [SUPPORTED]);
  // A 426 needs an Upgrade header field, which HTTP/2 forbids; "an appropriate HTTP error code" is all RFC 6455 asks for.
  if (httpVersion === "2.0") return rejection(400, "UNSUPPORTED_VERSION", reason, [SUPPORTED]);
  // RFC 9110 §15.5.22: "The server MUST send an Upgrade header field in a 426 response"
  return rejection(426, "UNSUPPORTED_VERSION", reason, [["Upgrade", "websocket"], SUPPORTED]);
}

/** RFC 6455 §4.3: "Limited to 0-255 range, with no leading zeros" */
function isVersion(text: string): boolean {
  if (text.length === 0 || text.length > 3) return false;
  for (let i = 0; i < text.length; i++) if (!isDigit(text, i)) return false;
  return (text.length === 1 || text[0] !== "0") && Number(text) <= 255;
}
