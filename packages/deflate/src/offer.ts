// The client's side of the negotiation (RFC 7692 §5, §7): what it offers, and whether the answer fits.
import type { Agreement } from "./agreement.ts";
import type { ResolvedDeflateOptions } from "./deflate-options.ts";
import { EXTENSION_NAME, type Extension } from "./extension.ts";
import { MAX_WINDOW_BITS, readParameters, writeParameters } from "./parameters.ts";

/** The client's offer. It always says that we can limit our window, so that the server may ask for it. */
export function createOffer(options: ResolvedDeflateOptions): Extension {
  const { serverMaxWindowBits, clientMaxWindowBits } = options;
  return {
    name: EXTENSION_NAME,
    params: writeParameters({
      ...options,
      serverMaxWindowBits: serverMaxWindowBits === MAX_WINDOW_BITS ? undefined : serverMaxWindowBits,
      clientMaxWindowBits: clientMaxWindowBits === MAX_WINDOW_BITS ? true : clientMaxWindowBits,
    }),
  };
}

/**
 * What the server's answer to {@link createOffer} agrees to, or a sentence that says why it does not fit: the
 * connection must fail then.
 *
 * RFC 7692 §7: "A client MUST _Fail the WebSocket Connection_ if the peer server accepted an extension negotiation
 * offer for this extension with an extension negotiation response meeting any of the following conditions"
 */
export function verifyAnswer(answer: Extension, options: ResolvedDeflateOptions): Agreement | string {
  const answered = readParameters(answer);
  if (answered === undefined) return "a parameter is unknown, repeated, or has a wrong value";
  const { serverMaxWindowBits = MAX_WINDOW_BITS, clientMaxWindowBits = MAX_WINDOW_BITS } = answered;
  // RFC 7692 §7.1.2.2: in an answer the parameter must say how large the window may be.
  if (clientMaxWindowBits === true) return "client_max_window_bits has no value";
  if (serverMaxWindowBits > options.serverMaxWindowBits) {
    return `server_max_window_bits is ${serverMaxWindowBits}, at most ${options.serverMaxWindowBits} was offered`;
  }
  if (answered.clientMaxWindowBits !== undefined && clientMaxWindowBits > options.clientMaxWindowBits) {
    return `client_max_window_bits is ${clientMaxWindowBits}, at most ${options.clientMaxWindowBits} was offered`;
  }
  if (options.serverNoContextTakeover && !answered.serverNoContextTakeover) {
    return "server_no_context_takeover was offered and is not in the answer";
  }
  return {
    serverNoContextTakeover: answered.serverNoContextTakeover,
    clientNoContextTakeover: answered.clientNoContextTakeover || options.clientNoContextTakeover,
    serverMaxWindowBits,
    clientMaxWindowBits: Math.min(clientMaxWindowBits, options.clientMaxWindowBits),
  };
}
