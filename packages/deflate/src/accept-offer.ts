// The server's side of the negotiation (RFC 7692 §5, §7): offers in, the answer to the first acceptable one out.
import type { Agreement } from "./agreement.ts";
import type { ResolvedDeflateOptions } from "./deflate-options.ts";
import { EXTENSION_NAME, type Extension } from "./extension.ts";
import { MAX_WINDOW_BITS, type Parameters, readParameters, writeParameters } from "./parameters.ts";

/** The answer for the response header, and what it means. */
export interface AcceptedOffer {
  /** What goes into the response. */
  readonly answer: Extension;
  /** What it comes to. */
  readonly agreement: Agreement;
}

/**
 * Answers the first of a client's offers that is acceptable; `undefined` where none is: the connection then does
 * without compression, which is no error.
 *
 * RFC 7692 §7: "A server MUST decline an extension negotiation offer for this extension if any of the following
 * conditions are met": an unknown parameter, a wrong value, a parameter twice, or one that it does not support.
 */
export function acceptOffer(
  offers: readonly Extension[],
  options: ResolvedDeflateOptions,
): AcceptedOffer | undefined {
  for (const offer of offers) {
    if (offer.name !== EXTENSION_NAME) continue;
    const offered = readParameters(offer);
    const accepted = offered && accept(offered, options);
    if (accepted !== undefined) return accepted;
  }
  return undefined;
}

function accept(offered: Parameters, options: ResolvedDeflateOptions): AcceptedOffer | undefined {
  // RFC 7692 §7.1.2.2: "If a received extension negotiation offer doesn't have the "client_max_window_bits" extension parameter, the corresponding extension negotiation response to the offer MUST NOT include the "client_max_window_bits" extension parameter."
  const clientLimit = offered.clientMaxWindowBits;
  if (clientLimit === undefined && options.clientMaxWindowBits < MAX_WINDOW_BITS) return undefined;

  const agreement = {
    // RFC 7692 §7.1.1.1: "A server accepts an extension negotiation offer that includes the "server_no_context_takeover" extension parameter by including [it] in the corresponding extension negotiation response"
    serverNoContextTakeover: offered.serverNoContextTakeover || options.serverNoContextTakeover,
    clientNoContextTakeover: offered.clientNoContextTakeover || options.clientNoContextTakeover,
    // RFC 7692 §7.1.2.1: the answer names the same or a smaller value.
    serverMaxWindowBits: Math.min(
      offered.serverMaxWindowBits ?? MAX_WINDOW_BITS,
      options.serverMaxWindowBits,
    ),
    clientMaxWindowBits: Math.min(
      typeof clientLimit === "number" ? clientLimit : MAX_WINDOW_BITS,
      options.clientMaxWindowBits,
    ),
  };
  const params = writeParameters({
    ...agreement,
    serverMaxWindowBits:
      offered.serverMaxWindowBits === undefined
        ? unlessMax(agreement.serverMaxWindowBits)
        : agreement.serverMaxWindowBits,
    clientMaxWindowBits: clientLimit === undefined ? undefined : unlessMax(agreement.clientMaxWindowBits),
  });
  return { answer: { name: EXTENSION_NAME, params }, agreement };
}

/** The largest window needs no word. */
function unlessMax(bits: number): number | undefined {
  return bits === MAX_WINDOW_BITS ? undefined : bits;
}
