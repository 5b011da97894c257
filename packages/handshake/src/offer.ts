// What a client offers, whatever the HTTP version: subprotocols, extensions, origin, credentials and headers of its own
// (RFC 6455 §4.1, items 8 to 12). Owns validating the caller's options; must not know request lines, keys or Upgrade.

import { basicCredentials } from "./basic-credentials.ts";
import { formatExtensions, parseExtensions, type ExtensionOffer } from "./extension-offer.ts";
import { isToken } from "./field-text.ts";
import { headerLines, type HeaderInput, type HeaderLine } from "./header-lines.ts";
import { quote } from "./quote.ts";

/** What a client offers in its opening handshake, over any version of HTTP. */
export interface OfferOptions {
  /**
   * `ws:`, `wss:`, `http:` or `https:`, without a fragment. User name and password become `Authorization: Basic`,
   * unless {@link OfferOptions.headers} has an Authorization of its own.
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
}

/** What must be remembered of an offer to judge the answer. */
export interface Offer {
  /** The subprotocols offered. */
  readonly protocols: readonly string[];
  /** The extensions offered. */
  readonly extensions: readonly ExtensionOffer[];
}

/** The offer, and the header lines that make it. */
export function resolveOffer(options: OfferOptions): Offer & { readonly lines: readonly HeaderLine[] } {
  assertUrl(options.url);
  const protocols = [...(options.protocols ?? [])];
  assertProtocols(protocols);
  const extensions = extensionList(options.extensions ?? []);
  const headers = headerLines(options.headers, ["host", "origin", "expect"]);

  const lines: HeaderLine[] = [];
  if (options.origin !== undefined) lines.push(["Origin", options.origin]);
  if (protocols.length > 0) lines.push(["Sec-WebSocket-Protocol", protocols.join(", ")]);
  if (extensions.length > 0) lines.push(["Sec-WebSocket-Extensions", formatExtensions(extensions)]);
  const credentials = basicCredentials(options.url);
  if (credentials !== undefined && !headers.some(([name]) => name.toLowerCase() === "authorization")) {
    lines.push(["Authorization", credentials]);
  }
  lines.push(...headers);
  return { protocols, extensions, lines };
}

function assertUrl(url: URL): void {
  if (!["ws:", "wss:", "http:", "https:"].includes(url.protocol)) {
    throw new TypeError(
      `Cannot create request: the scheme is ${quote(url.protocol)}, not ws:, wss:, http: or https:`,
    );
  }
  // RFC 6455 §3: "Fragment identifiers are meaningless in the context of WebSocket URIs and MUST NOT be used"
  // An empty fragment shows in href only.
  if (url.href.includes("#")) {
    throw new TypeError(`Cannot create request: the URL has a fragment ${quote(url.hash)}`);
  }
}

function assertProtocols(protocols: readonly string[]): void {
  for (const protocol of protocols) {
    // RFC 6455 §4.1: "MUST be non-empty strings with characters in the range U+0021 to U+007E not including separator"
    if (!isToken(protocol)) {
      throw new TypeError(`Cannot offer subprotocol ${quote(protocol)}: it is not a token`);
    }
  }
  // RFC 6455 §4.1: "and MUST all be unique strings"
  const repeated = protocols.find((protocol, index) => protocols.indexOf(protocol) !== index);
  if (repeated !== undefined) {
    throw new TypeError(`Cannot offer subprotocol ${quote(repeated)}: it is there twice`);
  }
}

function extensionList(extensions: readonly ExtensionOffer[] | string): readonly ExtensionOffer[] {
  if (typeof extensions !== "string") return [...extensions];
  const parsed = parseExtensions(extensions);
  if (parsed !== undefined) return parsed;
  throw new TypeError(`Cannot offer extensions ${quote(extensions)}: they do not match the grammar`);
}
