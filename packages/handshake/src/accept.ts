// The server's side of the handshake: a request head → the headers of a 101 (HTTP/1.1, RFC 6455 §4.2) or of a 200
// (HTTP/2, RFC 8441 §5), or a rejection. Owns putting the parts together: request-rules.ts and connect-request-rules.ts
// ask whether it is a handshake, negotiation.ts what both agree on. Must not know how the request came or how the answer
// leaves.

import { acceptKey } from "./accept-key.ts";
import { checkConnectRequest, connectAuthority } from "./connect-request-rules.ts";
import type { ExtensionOffer } from "./extension-offer.ts";
import type { RequestHead } from "./head.ts";
import type { HeaderLine } from "./header-lines.ts";
import { resolveNegotiation, type AcceptOptions } from "./negotiation.ts";
import type { Rejected } from "./rejected.ts";
import { checkRequest, requestAuthority } from "./request-rules.ts";

const UPGRADE: HeaderLine = ["Upgrade", "websocket"];
const CONNECTION: HeaderLine = ["Connection", "Upgrade"];

/**
 * The server's yes. Once {@link encodeResponse} has been written, or {@link http2ResponseHeaders} has been sent, the next
 * bytes are frames.
 */
export interface Accepted<Agreed = undefined> {
  readonly accepted: true;
  /** 101 over HTTP/1.1, 200 over HTTP/2. */
  readonly status: 101 | 200;
  /** All headers of the response, in order. */
  readonly headers: readonly HeaderLine[];
  /** The agreed subprotocol; `""` when there is none. */
  readonly protocol: string;
  /** The accepted extensions as sent; empty when there is none. */
  readonly extensions: readonly ExtensionOffer[];
  /** What {@link AcceptOptions.extensions} agreed to; undefined when it was not asked or declined. */
  readonly agreed: Agreed | undefined;
}

/**
 * Decides about one request, over HTTP/2 when its version is `"2.0"` and over HTTP/1.1 otherwise. Whatever the peer sends
 * ends in a value, never in an exception.
 *
 * @throws TypeError when an option is wrong, or when `protocols` or `extensions` choose what was not offered.
 *
 * @example
 * ```ts
 * import { accept, encodeResponse, RequestDecoder } from "@ws/handshake";
 *
 * const request = new RequestDecoder().push(
 *   new TextEncoder().encode(
 *     "GET /chat HTTP/1.1\r\nHost: example.org\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
 *       "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n" +
 *       "Sec-WebSocket-Protocol: chat, superchat\r\n\r\n",
 *   ),
 * );
 * if (request !== undefined) {
 *   const result = accept(request, { protocols: ["chat"] });
 *   if (result.accepted) result.protocol; // "chat"
 *   encodeResponse(result); // the bytes to answer with, in both cases
 * }
 * ```
 */
export function accept<Agreed = undefined>(
  request: RequestHead,
  options: AcceptOptions<Agreed> = {},
): Accepted<Agreed> | Rejected {
  return createAcceptor(options)(request);
}

/**
 * {@link accept} with its options validated once and at once: for servers, where a wrong option must show when the
 * server is made, and a long list of origins must not be read again for every request.
 *
 * @throws TypeError when an option is wrong.
 *
 * @example
 * ```ts
 * import { createAcceptor } from "@ws/handshake";
 *
 * const accept = createAcceptor({ protocols: ["chat"], origin: ["https://example.org"] });
 * ```
 */
export function createAcceptor<Agreed = undefined>(
  options: AcceptOptions<Agreed> = {},
): (request: RequestHead) => Accepted<Agreed> | Rejected {
  const negotiate = resolveNegotiation(options);

  return (request) => {
    const isHttp2 = request.httpVersion === "2.0";
    const rejected = isHttp2 ? checkConnectRequest(request) : checkRequest(request);
    if (rejected !== undefined) return rejected;
    const negotiated = negotiate(request, isHttp2 ? connectAuthority(request) : requestAuthority(request));
    if ("accepted" in negotiated) return negotiated;

    const { protocol, extensions, agreed, headers } = negotiated;
    const agreement = { protocol, extensions, agreed };
    // RFC 8441 §5: "do not do the processing of the Sec-WebSocket-Key and Sec-WebSocket-Accept header fields"
    if (isHttp2) return { accepted: true, status: 200, headers, ...agreement };
    return { accepted: true, status: 101, headers: upgradeLines(request).concat(headers), ...agreement };
  };
}

function upgradeLines(request: RequestHead): HeaderLine[] {
  // RFC 6455 §4.2.2: "The value of this header field is constructed by concatenating /key/"
  const key = request.headers.get("sec-websocket-key") ?? "";
  return [UPGRADE, CONNECTION, ["Sec-WebSocket-Accept", acceptKey(key)]];
}
