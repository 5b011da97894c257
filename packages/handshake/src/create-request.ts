// The client's first message (RFC 6455 §4.1): a URL and options → the bytes of a request, and what must be remembered of
// it to judge the response. Owns validating the options; must not know who connects, proxies or follows redirects.

import { createKey, isKey } from "./accept-key.ts";
import { basicCredentials } from "./basic-credentials.ts";
import { encodeHead } from "./encode-head.ts";
import { formatExtensions, parseExtensions, type ExtensionOffer } from "./extension-offer.ts";
import { isToken } from "./field-text.ts";
import { headerLines, type HeaderInput, type HeaderLine } from "./header-lines.ts";
import { quote } from "./quote.ts";

/** What a client asks for. */
export interface RequestOptions {
  /**
   * `ws:`, `wss:`, `http:` or `https:`, without a fragment. User name and password become `Authorization: Basic`,
   * unless {@link RequestOptions.headers} has an Authorization of its own.
   */
  readonly url: URL;
  /** Subprotocols to offer, the preferred one first: distinct tokens. Default: none. */
  readonly protocols?: readonly string[];
  /** Extensions to offer, parsed or as a header value. Default: none. */
  readonly extensions?: readonly ExtensionOffer[] | string;
  /** The value of Origin. Default: none, as of any client that is not a browser. */
  readonly origin?: string;
  /** Extra headers, such as `Cookie`. Default: none. */
  readonly headers?: HeaderInput;
  /** The nonce, 16 bytes in base64; only for tests. Default: random. */
  readonly key?: string;
}

/** A request ready to be sent; give it to {@link verifyResponse} together with the response. */
export interface ClientRequest {
  /** The bytes to write, from the request line to the empty line. */
  readonly head: Uint8Array;
  /** The value of Sec-WebSocket-Key. */
  readonly key: string;
  /** The subprotocols offered. */
  readonly protocols: readonly string[];
  /** The extensions offered. */
  readonly extensions: readonly ExtensionOffer[];
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
  assertUrl(url);
  if (!isKey(key))
    throw new TypeError(`Cannot create request: the key ${quote(key)} is not base64 of 16 bytes`);
  const protocols = [...(options.protocols ?? [])];
  assertProtocols(protocols);
  const extensions = extensionList(options.extensions ?? []);
  const headers = headerLines(options.headers, ["host", "origin", "expect"]);

  // RFC 6455 §4.1: "The request MUST contain a |Host| header field"
  const lines: HeaderLine[] = [
    ["Host", url.host],
    ["Upgrade", "websocket"],
    ["Connection", "Upgrade"],
    ["Sec-WebSocket-Key", key],
    ["Sec-WebSocket-Version", "13"],
  ];
  if (options.origin !== undefined) lines.push(["Origin", options.origin]);
  if (protocols.length > 0) lines.push(["Sec-WebSocket-Protocol", protocols.join(", ")]);
  if (extensions.length > 0) lines.push(["Sec-WebSocket-Extensions", formatExtensions(extensions)]);
  const credentials = basicCredentials(url);
  if (credentials !== undefined && !headers.some(([name]) => name.toLowerCase() === "authorization")) {
    lines.push(["Authorization", credentials]);
  }
  lines.push(...headers);

  // RFC 6455 §3: the resource name is the path, then "?" and the query when there is one.
  const head = encodeHead(`GET ${url.pathname}${url.search} HTTP/1.1`, lines);
  return { head, key, protocols, extensions };
}

function assertUrl(url: URL): void {
  if (!["ws:", "wss:", "http:", "https:"].includes(url.protocol)) {
    throw new TypeError(
      `Cannot create request: the scheme is ${quote(url.protocol)}, not ws:, wss:, http: or https:`,
    );
  }
  // RFC 6455 §3: "Fragment identifiers are meaningless in the context of WebSocket URIs and MUST NOT be used"
  // An empty fragment shows in href only.
  if (url.href.includes("#"))
    throw new TypeError(`Cannot create request: the URL has a fragment ${quote(url.hash)}`);
}

function assertProtocols(protocols: readonly string[]): void {
  for (const protocol of protocols) {
    // RFC 6455 §4.1: "MUST be non-empty strings with characters in the range U+0021 to U+007E not including separator"
    if (typeof protocol !== "string" || !isToken(protocol)) {
      throw new TypeError(`Cannot offer subprotocol ${quote(String(protocol))}: it is not a token`);
    }
  }
  // RFC 6455 §4.1: "and MUST all be unique strings"
  const repeated = protocols.find((protocol, index) => protocols.indexOf(protocol) !== index);
  if (repeated !== undefined)
    throw new TypeError(`Cannot offer subprotocol ${quote(repeated)}: it is there twice`);
}

function extensionList(extensions: readonly ExtensionOffer[] | string): readonly ExtensionOffer[] {
  if (typeof extensions !== "string") return [...extensions];
  const parsed = parseExtensions(extensions);
  if (parsed !== undefined) return parsed;
  throw new TypeError(`Cannot offer extensions ${quote(extensions)}: they do not match the grammar`);
}
