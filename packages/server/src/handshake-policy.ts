// What a server agrees to in a handshake: origin, subprotocol, compression, headers; and the compression that follows
// from it. Pure: heads in, answers out.
import type { MessageCompression } from "@ws/connection";
import {
  acceptOffer,
  type Agreement,
  type DeflateOptions,
  MessageDeflate,
  resolveDeflateOptions,
  type ResolvedDeflateOptions,
} from "@ws/deflate";
import {
  type Accepted,
  type AcceptOptions,
  createAcceptor,
  type ExtensionAnswer,
  type ExtensionOffer,
  type HeaderInput,
  reject,
  type RequestHead,
} from "@ws/handshake";
import { type Refusal, refusal } from "./refusal.ts";

/** The options of a {@link HandshakePolicy}. */
export interface PolicyOptions {
  /** The subprotocols we speak, in order of preference, or a function that picks. Default: none. */
  readonly protocols?: AcceptOptions["protocols"];
  /** Refuse with 400 who offers no subprotocol that we speak. Default: `false`, the connection then has none. */
  readonly requireProtocol?: boolean;
  /**
   * Which pages may connect: `"same-origin"`, a list of origins, a function, or `"any"` for public data that needs no
   * login. A request without `Origin` does not come from a browser and passes. Compared is the `Host` that reaches us: where
   * a proxy changes it, give the list. Default: `"same-origin"`.
   */
  readonly origin?: AcceptOptions["origin"];
  /**
   * Agree to permessage-deflate (RFC 7692) when a client offers it. Costs CPU for every message of a kilobyte or more,
   * and lets a peer make us work: worth it for text over slow networks, seldom elsewhere. Default: `false`.
   */
  readonly perMessageDeflate?: boolean | DeflateOptions;
  /** More headers for the response that says yes. Default: none. */
  readonly headers?: AcceptOptions["headers"];
}

export class HandshakePolicy {
  readonly #accept: (request: RequestHead) => Accepted<Agreement> | Refusal;
  readonly #deflateOptions: ResolvedDeflateOptions | undefined;

  /** @throws TypeError or RangeError for options that make no sense */
  constructor({
    protocols,
    requireProtocol = false,
    origin,
    perMessageDeflate = false,
    headers,
  }: PolicyOptions) {
    const isObject = typeof perMessageDeflate === "object" && perMessageDeflate !== null;
    if (typeof perMessageDeflate !== "boolean" && !isObject) {
      throw new TypeError("Cannot set perMessageDeflate: it must be a boolean or an object of options");
    }
    const deflateOptions =
      perMessageDeflate === false
        ? undefined
        : resolveDeflateOptions("server", perMessageDeflate === true ? {} : perMessageDeflate);
    this.#deflateOptions = deflateOptions;
    const accept = createAcceptor<Agreement>({
      ...(deflateOptions !== undefined && { extensions: (offers) => acceptDeflate(offers, deflateOptions) }),
      ...(protocols !== undefined && { protocols }),
      ...(origin !== undefined && { origin }),
      ...(headers !== undefined && { headers }),
    });
    this.#accept = (request) => {
      const answer = accept(request);
      return answer.accepted && requireProtocol && answer.protocol === "" ? noCommonProtocol() : answer;
    };
  }

  /** Throws what a function among the options throws. */
  accept(request: RequestHead): Accepted<Agreement> | Refusal {
    return this.#accept(request);
  }

  /** The compression that was agreed on. */
  compression({ agreed }: Accepted<Agreement>): MessageCompression | undefined {
    return agreed && this.#deflateOptions && new MessageDeflate("server", agreed, this.#deflateOptions);
  }
}

/**
 * The yes with more headers.
 *
 * @throws TypeError for a header that is malformed or belongs to the handshake
 */
export function withHeaders<Agreed>(accepted: Accepted<Agreed>, headers: HeaderInput): Accepted<Agreed> {
  // What may stand in a no may stand in a yes, and is checked there already.
  const { headers: lines } = reject(500, "", headers);
  return { ...accepted, headers: [...accepted.headers, ...lines] };
}

function noCommonProtocol(): Refusal {
  return refusal(400, "NO_COMMON_PROTOCOL", "Offer a subprotocol that this server speaks");
}

/** The first offer of permessage-deflate that we can accept; other extensions we do not know. */
function acceptDeflate(
  offers: readonly ExtensionOffer[],
  options: ResolvedDeflateOptions,
): ExtensionAnswer<Agreement> | undefined {
  const accepted = acceptOffer(offers, options);
  return accepted && { extensions: [accepted.answer], agreed: accepted.agreement };
}
