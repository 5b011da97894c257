// Whether a server agreed only to what the client offered: subprotocol and extensions (RFC 6455 §4.1, last two steps).
// The same in every HTTP version, so it must not know Upgrade, keys or statuses.

import { parseExtensions, type ExtensionOffer } from "./extension-offer.ts";
import type { ResponseHead } from "./head.ts";
import type { Offer } from "./offer.ts";
import { quote } from "./quote.ts";
import { refusal, type Refused } from "./refused.ts";

/** What a client's extensions make of a server's answer: set up, or a reason to fail the connection. */
export type ExtensionVerdict<Agreed> = { readonly agreed: Agreed } | { readonly refused: string };

/** What a client checks beyond the RFC. */
export interface VerifyOptions<Agreed = undefined> {
  /**
   * Judges the parameters of the accepted extensions, all of which are known to have been offered by name. Called only
   * when the server accepted some. Default: takes them as they are.
   */
  readonly extensions?: (accepted: readonly ExtensionOffer[]) => ExtensionVerdict<Agreed>;
}

/** What both sides agreed on. */
export interface Verified<Agreed = undefined> {
  readonly accepted: true;
  /** The subprotocol that the server chose; `""` when it chose none, even though some were offered. */
  readonly protocol: string;
  /** The extensions that the server accepted; empty when there is none. */
  readonly extensions: readonly ExtensionOffer[];
  /** What {@link VerifyOptions.extensions} agreed to; undefined when it was not asked. */
  readonly agreed: Agreed | undefined;
}

export function verifyNegotiation<Agreed>(
  offer: Offer,
  response: ResponseHead,
  options: VerifyOptions<Agreed>,
): Verified<Agreed> | Refused {
  const protocol = verifyProtocol(offer, response);
  if (typeof protocol !== "string") return protocol;
  const extensions = verifyExtensions(offer, response);
  if ("accepted" in extensions) return extensions;

  const verdict = extensions.length === 0 ? undefined : options.extensions?.(extensions);
  if (verdict !== undefined && "refused" in verdict) {
    return refusal(
      response,
      "REFUSED_EXTENSIONS",
      `the accepted extensions are not usable: ${verdict.refused}`,
    );
  }
  return { accepted: true, protocol, extensions, agreed: verdict?.agreed };
}

function verifyProtocol(offer: Offer, response: ResponseHead): string | Refused {
  const [protocol, another] = response.headers.values("sec-websocket-protocol");
  if (protocol === undefined) return "";
  // RFC 6455 §11.3.4: "the |Sec-WebSocket-Protocol| header field MUST NOT appear more than once in an HTTP response"
  if (another !== undefined) {
    return refusal(response, "DUPLICATE_PROTOCOL", "there are several Sec-WebSocket-Protocol headers");
  }
  // RFC 6455 §4.1: "indicates the use of a subprotocol that was not present in the client's handshake"
  if (offer.protocols.includes(protocol)) return protocol;
  return refusal(response, "UNOFFERED_PROTOCOL", `the subprotocol ${quote(protocol)} was not offered`);
}

function verifyExtensions(offer: Offer, response: ResponseHead): readonly ExtensionOffer[] | Refused {
  // RFC 6455 §4.2.2 lets a server split the field between several lines and §11.3.2 forbids it: joining them is safe.
  const value = response.headers.get("sec-websocket-extensions");
  if (value === undefined) return [];
  const extensions = parseExtensions(value);
  // RFC 6455 §9.1: "the recipient of such malformed data MUST immediately _Fail the WebSocket Connection_"
  if (extensions === undefined) {
    return refusal(response, "MALFORMED_EXTENSIONS", "the Sec-WebSocket-Extensions header is malformed");
  }
  // RFC 6455 §4.1: "indicates the use of an extension that was not present in the client's handshake"
  const unoffered = extensions.find(({ name }) => !offer.extensions.some((offered) => offered.name === name));
  if (unoffered === undefined) return extensions;
  return refusal(response, "UNOFFERED_EXTENSION", `the extension ${quote(unoffered.name)} was not offered`);
}
