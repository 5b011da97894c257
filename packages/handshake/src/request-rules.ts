// What makes an HTTP/1.1 request an opening handshake (RFC 6455 §4.2.1), one function per field, in the order they are
// asked. Owns syntax and presence only; what client and server agree on is negotiation.ts, and the rules of HTTP/2 are
// connect-request-rules.ts.

import { isKey } from "./accept-key.ts";
import { listIncludes } from "./field-list.ts";
import type { RequestHead } from "./head.ts";
import { normalizeHost } from "./host.ts";
import { quote } from "./quote.ts";
import { rejection, type Rejected } from "./rejected.ts";
import { checkVersion } from "./version-rule.ts";

type Rule = (request: RequestHead) => Rejected | undefined;

const RULES: readonly Rule[] = [
  checkMethod,
  checkHttpVersion,
  checkTarget,
  checkHost,
  checkBody,
  checkUpgrade,
  checkConnection,
  checkVersion,
  checkKey,
];

/** The first rule that the request breaks; undefined when it keeps them all. */
export function checkRequest(request: RequestHead): Rejected | undefined {
  for (const rule of RULES) {
    const rejected = rule(request);
    if (rejected !== undefined) return rejected;
  }
  return undefined;
}

/** The host and port that a request which keeps the rules was sent to. */
export function requestAuthority(request: RequestHead): string {
  // RFC 9112 §3.2.2: "an origin server MUST ignore the received Host header field (if any)"
  return absoluteTarget(request.target)?.host ?? request.headers.get("host") ?? "";
}

function checkMethod({ method }: RequestHead): Rejected | undefined {
  // RFC 6455 §4.1: "The method of the request MUST be GET"
  if (method === "GET") return undefined;
  // RFC 9110 §15.5.6: "The origin server MUST generate an Allow header field in a 405 response"
  return rejection(405, "METHOD_NOT_ALLOWED", `the method is ${quote(method)}, not GET`, [["Allow", "GET"]]);
}

function checkHttpVersion({ httpVersion }: RequestHead): Rejected | undefined {
  // RFC 6455 §4.2.1: "An HTTP/1.1 or higher GET request"
  if (httpVersion.startsWith("1.") && httpVersion !== "1.0") return undefined;
  // 505 refuses a major version (RFC 9110 §15.6.6), so HTTP/1.0 is a bad request instead.
  const status = httpVersion === "1.0" ? 400 : 505;
  return rejection(
    status,
    "UNSUPPORTED_HTTP_VERSION",
    `the HTTP version is ${quote(httpVersion)}, not "1.1"`,
  );
}

function checkTarget({ target }: RequestHead): Rejected | undefined {
  // RFC 6455 §3: "Fragment identifiers are meaningless in the context of WebSocket URIs and MUST NOT be used"
  const hasFragment = target.includes("#");
  const hasKnownForm = target.startsWith("/") || absoluteTarget(target) !== undefined;
  if (hasKnownForm && !hasFragment) return undefined;
  return rejection(
    400,
    "MALFORMED_TARGET",
    `the target ${quote(target)} is neither a path nor an http(s) URI`,
  );
}

/** The target as a URL, when it is an absolute http or https URI. */
function absoluteTarget(target: string): URL | undefined {
  const start = target.slice(0, 8).toLowerCase();
  if (!start.startsWith("http://") && !start.startsWith("https://")) return undefined;
  return URL.canParse(target) ? new URL(target) : undefined;
}

function checkHost({ headers }: RequestHead): Rejected | undefined {
  // RFC 9112 §3.2: "A server MUST respond with a 400 (Bad Request) status code to any HTTP/1.1 request message that lacks"
  const [host, another] = headers.values("host");
  if (host === undefined) return rejection(400, "MISSING_HOST", "the Host header is missing");
  if (another !== undefined) return rejection(400, "DUPLICATE_HOST", "there are several Host headers");
  if (normalizeHost(host, "http") !== undefined) return undefined;
  return rejection(400, "MALFORMED_HOST", `the Host header is ${quote(host)}`);
}

function checkBody({ headers }: RequestHead): Rejected | undefined {
  // No rule of RFC 6455 forbids a body, but after the 101 its bytes would be read as frames, and a proxy that does not
  // understand Upgrade would read them as another request.
  const lengths = headers.values("content-length");
  if (lengths.every((length) => length === "0") && !headers.has("transfer-encoding")) return undefined;
  return rejection(400, "UNEXPECTED_BODY", "the request announces a body");
}

function checkUpgrade({ headers }: RequestHead): Rejected | undefined {
  // RFC 6455 §4.2.1: "containing the value "websocket", treated as an ASCII case-insensitive value"
  if (listIncludes(headers.get("upgrade"), "websocket")) return undefined;
  // RFC 9110 §15.5.22: "The server MUST send an Upgrade header field in a 426 response"
  return rejection(426, "UPGRADE_REQUIRED", "the Upgrade header does not ask for websocket", [
    ["Upgrade", "websocket"],
    ["Sec-WebSocket-Version", "13"],
  ]);
}

function checkConnection({ headers }: RequestHead): Rejected | undefined {
  // RFC 6455 §4.2.1: "includes the token "Upgrade", treated as an ASCII case-insensitive value"
  if (listIncludes(headers.get("connection"), "upgrade")) return undefined;
  return rejection(400, "MISSING_CONNECTION_UPGRADE", "the Connection header does not contain upgrade");
}

function checkKey({ headers }: RequestHead): Rejected | undefined {
  // RFC 6455 §11.3.1: "The |Sec-WebSocket-Key| header field MUST NOT appear more than once in an HTTP request"
  const [key, another] = headers.values("sec-websocket-key");
  if (key === undefined) return rejection(400, "MISSING_KEY", "the Sec-WebSocket-Key header is missing");
  if (another !== undefined) {
    return rejection(400, "DUPLICATE_KEY", "there are several Sec-WebSocket-Key headers");
  }
  // RFC 6455 §4.2.1: "a base64-encoded (see Section 4 of [RFC4648]) value that, when decoded, is 16 bytes in length"
  if (isKey(key)) return undefined;
  return rejection(400, "MALFORMED_KEY", "the Sec-WebSocket-Key header is not the base64 of 16 bytes");
}
