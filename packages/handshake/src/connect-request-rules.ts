// What makes an HTTP/2 request an opening handshake: an extended CONNECT (RFC 8441 §4, §5) without anything that only
// HTTP/1.1 has. One function per field, in the order they are asked, beside the list of request-rules.ts. An HTTP/2 stack
// refuses most of it before; these rules do not trust that one did.

import { connectionField } from "./connection-fields.ts";
import type { ExtendedConnect, RequestHead } from "./head.ts";
import { normalizeHost } from "./host.ts";
import { quote } from "./quote.ts";
import { rejection, type Rejected } from "./rejected.ts";
import { isTarget } from "./request-target.ts";
import { checkVersion } from "./version-rule.ts";

type Rule = (request: ExtendedHead) => Rejected | undefined;
type ExtendedHead = RequestHead & { readonly extended: ExtendedConnect };

const RULES: readonly Rule[] = [
  checkProtocol,
  checkScheme,
  checkPath,
  checkAuthority,
  checkHost,
  checkConnectionFields,
  checkBody,
  checkVersion,
];

/** The first rule that the request breaks; undefined when it keeps them all. */
export function checkConnectRequest(request: RequestHead): Rejected | undefined {
  const rejected = checkMethod(request);
  if (rejected !== undefined) return rejected;
  if (!isExtended(request)) {
    return rejection(400, "MISSING_CONNECT_PROTOCOL", "the :protocol pseudo-header field is missing");
  }
  for (const rule of RULES) {
    const broken = rule(request);
    if (broken !== undefined) return broken;
  }
  return undefined;
}

function isExtended(request: RequestHead): request is ExtendedHead {
  // RFC 8441 §5: "The :protocol pseudo-header field MUST be included in the CONNECT request"
  return request.extended !== undefined && request.extended.protocol !== "";
}

/** The host and port that a request which keeps the rules was sent to. */
export function connectAuthority({ extended }: RequestHead): string {
  // RFC 9113 §8.3.1: "MUST NOT use the Host header field to determine the target URI if ":authority" is present"
  return extended?.authority ?? "";
}

function checkMethod({ method }: RequestHead): Rejected | undefined {
  // RFC 8441 §5: "This request replaces the GET-based request in [RFC6455]"
  if (method === "CONNECT") return undefined;
  // RFC 9110 §15.5.6: "The origin server MUST generate an Allow header field in a 405 response"
  const reason = `the method is ${quote(method)}, not CONNECT`;
  return rejection(405, "METHOD_NOT_ALLOWED", reason, [["Allow", "CONNECT"]]);
}

function checkProtocol({ extended }: ExtendedHead): Rejected | undefined {
  // The value is an upgrade token, and of these RFC 9110 §7.8 says: "recipients SHOULD use case-insensitive comparison"
  if (extended.protocol.toLowerCase() === "websocket") return undefined;
  // RFC 8441 has no status for it. The same mechanism over HTTP/3 has:
  // RFC 9220 §3: "SHOULD respond to the request with a 501 (Not Implemented) status code"
  const reason = `the :protocol is ${quote(extended.protocol)}, not "websocket"`;
  return rejection(501, "UNSUPPORTED_CONNECT_PROTOCOL", reason);
}

function checkScheme({ extended: { scheme } }: ExtendedHead): Rejected | undefined {
  // RFC 9110 §4.2.3: "The scheme and host are case-insensitive and normally provided in lowercase"
  const name = scheme.toLowerCase();
  // RFC 8441 §5: "MUST be "https" for "wss"-schemed WebSockets and "http" for "ws"-schemed WebSockets"
  if (name === "http" || name === "https") return undefined;
  return rejection(400, "MALFORMED_SCHEME", `the :scheme is ${quote(scheme)}, not http or https`);
}

function checkPath({ target }: RequestHead): Rejected | undefined {
  // RFC 8441 §4: "the :scheme and :path pseudo-header fields of the target URI (see Section 5) MUST also be included"
  // RFC 9113 §8.3.1: "This pseudo-header field MUST NOT be empty for "http" or "https" URIs"
  // RFC 6455 §3: "Fragment identifiers are meaningless in the context of WebSocket URIs and MUST NOT be used"
  if (target.startsWith("/") && isTarget(target) && !target.includes("#")) return undefined;
  return rejection(400, "MALFORMED_TARGET", `the :path ${quote(target)} is not a path`);
}

function checkAuthority({ extended: { authority } }: ExtendedHead): Rejected | undefined {
  // RFC 8441 §5: "The Host information is conveyed as part of the :authority pseudo-header field, which is required"
  if (authority === "") {
    return rejection(400, "MISSING_AUTHORITY", "the :authority pseudo-header field is missing");
  }
  // RFC 9113 §8.3.1: "":authority" MUST NOT include the deprecated userinfo subcomponent"
  if (normalizeHost(authority, "http") !== undefined) return undefined;
  return rejection(400, "MALFORMED_AUTHORITY", `the :authority is ${quote(authority)}`);
}

function checkHost({ extended, headers }: ExtendedHead): Rejected | undefined {
  // RFC 9113 §8.3.1: "a Host header field that identifies an entity that differs from the entity in the ":authority""
  const scheme = extended.scheme.toLowerCase() === "https" ? "https" : "http";
  const authority = normalizeHost(extended.authority, scheme);
  const different = headers.values("host").find((host) => normalizeHost(host, scheme) !== authority);
  if (different === undefined) return undefined;
  return rejection(400, "DIFFERENT_HOST", `the Host header is ${quote(different)}, not the :authority`);
}

function checkConnectionFields({ headers }: RequestHead): Rejected | undefined {
  // RFC 8441 §5: "They MUST NOT be included in the CONNECT request defined here."
  // RFC 9113 §8.2.2: "Any message containing connection-specific header fields MUST be treated as malformed"
  const name = connectionField(headers);
  if (name === undefined) return undefined;
  return rejection(400, "CONNECTION_FIELD", `the header ${quote(name)} has no place in HTTP/2`);
}

function checkBody({ headers }: RequestHead): Rejected | undefined {
  // RFC 9110 §9.3.6: "A CONNECT request message does not have content."
  // A length of zero as well: frames are to follow, and who believes the length would count them against it.
  if (!headers.has("content-length")) return undefined;
  return rejection(400, "UNEXPECTED_BODY", "the request announces a body");
}
