// What a server and a client agree on once a request is known to be a handshake: origin, subprotocol, extensions, extra
// response headers (RFC 6455 §4.2.2). The same in every HTTP version, so it must not know Upgrade, keys or statuses of
// success; it is told the authority instead of reading Host.

import { formatExtensions, parseExtensions, type ExtensionOffer } from "./extension-offer.ts";
import { parseTokenList } from "./field-list.ts";
import { isToken } from "./field-text.ts";
import type { RequestHead } from "./head.ts";
import { headerLines, type HeaderInput, type HeaderLine } from "./header-lines.ts";
import { resolveOriginPolicy, type OriginPolicy } from "./origin.ts";
import { quote } from "./quote.ts";
import { rejection, type Rejected } from "./rejected.ts";

/** What a server's extensions make of a client's offers. */
export interface ExtensionAnswer<Agreed> {
  /** What goes into the response, each name among the offered ones. */
  readonly extensions: readonly ExtensionOffer[];
  /** Whatever the caller needs to set the extensions up; handed through to {@link Accepted.agreed}. */
  readonly agreed: Agreed;
}

/** How a server answers handshakes. Everything is optional, and the defaults are safe on the open internet. */
export interface AcceptOptions<Agreed = undefined> {
  /**
   * The subprotocols that the server speaks, the preferred one first; or a function that chooses one of those offered,
   * undefined for none. It is not called when none is offered. Default: none. When client and server have none in
   * common the handshake succeeds without one, and most clients then give up.
   */
  readonly protocols?:
    | readonly string[]
    | ((offered: readonly string[], request: RequestHead) => string | undefined);
  /** Which web pages may connect. Default `"same-origin"`. */
  readonly origin?: OriginPolicy;
  /**
   * Answers the client's extension offers; undefined declines them all, which is also the default. Called only when
   * there are offers, with names and parameters exactly as parsed: duplicates and unknown ones are for it to judge.
   */
  readonly extensions?: (offers: readonly ExtensionOffer[]) => ExtensionAnswer<Agreed> | undefined;
  /** Extra headers of the successful response, such as `Set-Cookie`. Default: none. */
  readonly headers?: HeaderInput;
}

/** What was agreed, and the response headers that say so. */
export interface Negotiated<Agreed> {
  readonly protocol: string;
  readonly extensions: readonly ExtensionOffer[];
  readonly agreed: Agreed | undefined;
  readonly headers: readonly HeaderLine[];
}

export type Negotiate<Agreed> = (request: RequestHead, authority: string) => Negotiated<Agreed> | Rejected;

/** Validates the options once; what it returns throws only when a function among them answers what was not offered. */
export function resolveNegotiation<Agreed>(options: AcceptOptions<Agreed>): Negotiate<Agreed> {
  const isAllowed = resolveOriginPolicy(options.origin ?? "same-origin");
  const choose = resolveProtocols(options.protocols ?? []);
  const extra = headerLines(options.headers);

  return (request, authority) => {
    const [origin, another] = request.headers.values("origin");
    if (another !== undefined) return rejection(403, "DUPLICATE_ORIGIN", "there are several Origin headers");
    // RFC 6455 §4.2.2: "it MUST return an appropriate HTTP error code (e.g., 403 Forbidden)"
    if (origin !== undefined && !isAllowed(origin, request, authority)) {
      return rejection(403, "FOREIGN_ORIGIN", `the origin ${quote(origin)} is not allowed`);
    }

    const protocol = negotiateProtocol(request, choose);
    if (typeof protocol !== "string") return protocol;
    const answer = negotiateExtensions(request, options.extensions);
    if ("accepted" in answer) return answer;

    const headers: HeaderLine[] = [];
    if (protocol !== "") headers.push(["Sec-WebSocket-Protocol", protocol]);
    if (answer.extensions.length > 0) {
      headers.push(["Sec-WebSocket-Extensions", formatExtensions(answer.extensions)]);
    }
    headers.push(...extra);
    return { protocol, extensions: answer.extensions, agreed: answer.agreed, headers };
  };
}

type ChooseProtocol = (offered: readonly string[], request: RequestHead) => string | undefined;

function resolveProtocols(protocols: NonNullable<AcceptOptions["protocols"]>): ChooseProtocol {
  if (typeof protocols === "function") return protocols;
  const spoken = [...protocols];
  for (const protocol of spoken) {
    if (!isToken(protocol)) {
      throw new TypeError(`Cannot speak subprotocol ${quote(protocol)}: it is not a token`);
    }
  }
  return (offered) => spoken.find((protocol) => offered.includes(protocol));
}

/** The chosen subprotocol, `""` for none. */
function negotiateProtocol(request: RequestHead, choose: ChooseProtocol): string | Rejected {
  const value = request.headers.get("sec-websocket-protocol");
  if (value === undefined) return "";
  const offered = parseTokenList(value);
  if (offered === undefined) {
    return rejection(400, "MALFORMED_PROTOCOL", "the Sec-WebSocket-Protocol header is not a list of tokens");
  }
  // RFC 6455 §4.1: "and MUST all be unique strings"
  if (new Set(offered).size !== offered.length) {
    return rejection(
      400,
      "DUPLICATE_PROTOCOL",
      "the Sec-WebSocket-Protocol header names a subprotocol twice",
    );
  }
  const chosen = choose(offered, request);
  if (chosen === undefined) return "";
  // RFC 6455 §4.2.2: "The value chosen MUST be derived from the client's handshake"
  if (offered.includes(chosen)) return chosen;
  throw new TypeError(`Cannot choose subprotocol ${quote(chosen)}: the client did not offer it`);
}

function negotiateExtensions<Agreed>(
  request: RequestHead,
  negotiate: AcceptOptions<Agreed>["extensions"],
): { extensions: readonly ExtensionOffer[]; agreed: Agreed | undefined } | Rejected {
  const none = { extensions: [], agreed: undefined };
  const value = request.headers.get("sec-websocket-extensions");
  if (value === undefined) return none;
  const offers = parseExtensions(value);
  // RFC 6455 §9.1: "the recipient of such malformed data MUST immediately _Fail the WebSocket Connection_"
  if (offers === undefined) {
    return rejection(400, "MALFORMED_EXTENSIONS", "the Sec-WebSocket-Extensions header is malformed");
  }
  const answer = negotiate?.(offers);
  if (answer === undefined) return none;
  for (const { name } of answer.extensions) {
    if (offers.some((offer) => offer.name === name)) continue;
    throw new TypeError(`Cannot accept extension ${quote(name)}: the client did not offer it`);
  }
  return { extensions: answer.extensions, agreed: answer.agreed };
}
