// The client's first message over HTTP/2 (RFC 8441 §5): a URL and options → the fields of an extended CONNECT, and what
// must be remembered of it to judge the response. Must not know sessions, streams, or whether the server allows it.

import { http2Headers, type Http2Headers } from "./http2-headers.ts";
import { resolveOffer, type Offer, type OfferOptions } from "./offer.ts";
import { quote } from "./quote.ts";
import { isTarget } from "./request-target.ts";

/** A request ready to be sent; give it to {@link verifyConnectResponse} together with the response. */
export interface ConnectRequest extends Offer {
  /** The fields to send, pseudo-header fields first, as `request` of a `node:http2` session takes them. */
  readonly headers: Http2Headers;
}

/**
 * Writes the request of an opening handshake over HTTP/2. It may be sent once the server's settings have
 * SETTINGS_ENABLE_CONNECT_PROTOCOL (RFC 8441 §3).
 *
 * @throws TypeError for the same reasons as {@link createRequest}.
 *
 * @example
 * ```ts
 * import { createConnectRequest } from "@ws/handshake";
 *
 * const request = createConnectRequest({ url: new URL("wss://example.org/chat"), protocols: ["chat"] });
 * request.headers; // :method: CONNECT, :protocol: websocket, :scheme: https, :path: /chat, :authority: example.org…
 * ```
 */
export function createConnectRequest(options: OfferOptions): ConnectRequest {
  const { protocols, extensions, lines } = resolveOffer(options);
  const { protocol, host, pathname, search } = options.url;
  const path = pathname + search;
  // A URL object never fails this; what only has the shape of one may.
  if (!isTarget(host) || !isTarget(path)) {
    throw new TypeError(`Cannot create request: ${quote(host)} and ${quote(path)} are not a host and a path`);
  }
  const pseudo = {
    ":method": "CONNECT",
    // RFC 8441 §5: "it MUST have a value of "websocket" to initiate a WebSocket connection on an HTTP/2 stream"
    ":protocol": "websocket",
    // RFC 8441 §5: "MUST be "https" for "wss"-schemed WebSockets and "http" for "ws"-schemed WebSockets"
    ":scheme": protocol === "wss:" || protocol === "https:" ? "https" : "http",
    // RFC 8441 §4: "the :scheme and :path pseudo-header fields of the target URI (see Section 5) MUST also be included"
    ":path": path,
    ":authority": host,
  };
  const headers = http2Headers(pseudo, [["sec-websocket-version", "13"], ...lines]);
  return { headers, protocols, extensions };
}
