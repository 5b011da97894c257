// The client's first message over HTTP/1.1 (RFC 6455 §4.1): a URL and options → the bytes of a request, and what must be
// remembered of it to judge the response. Must not know who connects, proxies or follows redirects.

import { createKey, isKey } from "./accept-key.ts";
import { encodeHead } from "./encode-head.ts";
import { resolveOffer, type Offer, type OfferOptions } from "./offer.ts";
import { quote } from "./quote.ts";

/** What a client asks for. */
export interface RequestOptions extends OfferOptions {
  /** The nonce, 16 bytes in base64; only for tests. Default: random. */
  readonly key?: string;
}

/** A request ready to be sent; give it to {@link verifyResponse} together with the response. */
export interface ClientRequest extends Offer {
  /** The bytes to write, from the request line to the empty line. */
  readonly head: Uint8Array;
  /** The value of Sec-WebSocket-Key. */
  readonly key: string;
}

/**
 * Writes the request of an opening handshake.
 *
 * @throws TypeError when the URL has another scheme or a fragment; when a protocol is repeated or not a token; when
 * extensions are malformed; when a header is malformed or belongs to the handshake (Host, Origin, Upgrade, Connection,
 * Sec-WebSocket-…, those that frame a body).
 *
 * @example
 * ```ts
 * import { createRequest } from "@ws/handshake";
 *
 * const request = createRequest({ url: new URL("wss://example.org/chat"), protocols: ["chat"] });
 * request.head; // GET /chat HTTP/1.1, Host: example.org, Upgrade: websocket…
 * ```
 */
export function createRequest(options: RequestOptions): ClientRequest {
  const { url, key = createKey() } = options;
  const { protocols, extensions, lines } = resolveOffer(options);
  if (!isKey(key)) {
    throw new TypeError(`Cannot create request: the key ${quote(key)} is not 16 bytes in base64`);
  }
  // RFC 6455 §3: the resource name is the path, then "?" and the query when there is one.
  const head = encodeHead(`GET ${url.pathname}${url.search} HTTP/1.1`, [
    ["Host", url.host],
    ["Upgrade", "websocket"],
    ["Connection", "Upgrade"],
    ["Sec-WebSocket-Key", key],
    ["Sec-WebSocket-Version", "13"],
    ...lines,
  ]);
  return { head, key, protocols, extensions };
}
