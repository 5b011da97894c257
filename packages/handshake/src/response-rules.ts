// What makes an HTTP/1.1 response the server's yes (RFC 6455 §4.1), one function per field, in the order they are asked.
// Subprotocol and extensions are the same in every HTTP version and stand in verify-negotiation.ts.

import { acceptKey } from "./accept-key.ts";
import { listIncludes } from "./field-list.ts";
import { trimSpaces } from "./field-text.ts";
import type { ResponseHead } from "./head.ts";
import { quote } from "./quote.ts";
import { refusal, type Refused } from "./refused.ts";

type Rule = (response: ResponseHead, key: string) => Refused | undefined;

const RULES: readonly Rule[] = [checkStatus, checkHttpVersion, checkUpgrade, checkConnection, checkAccept];

/** The first rule that the response breaks; undefined when it keeps them all. */
export function checkResponse(response: ResponseHead, key: string): Refused | undefined {
  for (const rule of RULES) {
    const refused = rule(response, key);
    if (refused !== undefined) return refused;
  }
  return undefined;
}

function checkStatus(response: ResponseHead): Refused | undefined {
  // RFC 6455 §4.1: "If the status code received from the server is not 101, the client handles the response per HTTP"
  if (response.status === 101) return undefined;
  const status = response.reason === "" ? "" : ` ${quote(response.reason)}`;
  return refusal(response, "UNEXPECTED_STATUS", `the server answered ${response.status}${status}, not 101`);
}

function checkHttpVersion(response: ResponseHead): Refused | undefined {
  // RFC 9110 §15.2: "a server MUST NOT send a 1xx response to an HTTP/1.0 client", nor can an HTTP/1.0 server upgrade.
  if (response.httpVersion.startsWith("1.") && response.httpVersion !== "1.0") return undefined;
  const reason = `the HTTP version is ${quote(response.httpVersion)}, not "1.1"`;
  return refusal(response, "UNSUPPORTED_HTTP_VERSION", reason);
}

function checkUpgrade(response: ResponseHead): Refused | undefined {
  // RFC 6455 §4.1: "a value that is not an ASCII case-insensitive match for the value "websocket""
  const upgrade = response.headers.get("upgrade");
  if (upgrade === undefined) return refusal(response, "MISSING_UPGRADE", "the Upgrade header is missing");
  if (trimSpaces(upgrade).toLowerCase() === "websocket") return undefined;
  return refusal(response, "WRONG_UPGRADE", `the Upgrade header is ${quote(upgrade)}, not "websocket"`);
}

function checkConnection(response: ResponseHead): Refused | undefined {
  // RFC 6455 §4.1: "lacks a |Connection| header field or the |Connection| header field doesn't contain a token"
  if (listIncludes(response.headers.get("connection"), "upgrade")) return undefined;
  return refusal(response, "MISSING_CONNECTION_UPGRADE", "the Connection header does not contain upgrade");
}

function checkAccept(response: ResponseHead, key: string): Refused | undefined {
  const [accept, another] = response.headers.values("sec-websocket-accept");
  if (accept === undefined) {
    return refusal(response, "MISSING_ACCEPT", "the Sec-WebSocket-Accept header is missing");
  }
  // RFC 6455 §11.3.3: "The |Sec-WebSocket-Accept| header MUST NOT appear more than once in an HTTP response"
  if (another !== undefined) {
    return refusal(response, "DUPLICATE_ACCEPT", "there are several Sec-WebSocket-Accept headers");
  }
  // RFC 6455 §4.1: "but ignoring any leading and trailing whitespace, the client MUST _Fail the WebSocket Connection_"
  if (trimSpaces(accept) === acceptKey(key)) return undefined;
  return refusal(response, "WRONG_ACCEPT", "the Sec-WebSocket-Accept header does not answer the key sent");
}
