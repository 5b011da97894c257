// permessage-deflate by the options of `ws`: what they are to @ws/deflate, and where `ws` agrees, or does not, in a way
// of its own.
import type { MessageCompression } from "@ws/connection";
import {
  acceptOffer,
  type Agreement,
  createOffer,
  type DeflateOptions,
  EXTENSION_NAME,
  type Extension,
  MessageDeflate,
  resolveDeflateOptions,
  verifyAnswer,
} from "@ws/deflate";
import { formatExtensions, parseExtensions } from "@ws/handshake";

/** Options of permessage-deflate. */
export interface PerMessageDeflateOptions {
  /** Server: refuses context takeover, or with `false` an offer that refuses it. Client: asks for none. */
  readonly serverNoContextTakeover?: boolean | undefined;
  /** The same for what the client compresses. */
  readonly clientNoContextTakeover?: boolean | undefined;
  /** 8 to 15; on a server `false` refuses an offer that asks for it. */
  readonly serverMaxWindowBits?: number | boolean | undefined;
  /** 8 to 15; `false` says nothing of it. */
  readonly clientMaxWindowBits?: number | boolean | undefined;
  /** Of these `level` and `memLevel` are heard. */
  readonly zlibDeflateOptions?: { readonly level?: number; readonly memLevel?: number } | undefined;
  /** Not heard: inflating has no options that matter to a message. */
  readonly zlibInflateOptions?: object | undefined;
  /** Without context takeover, messages of fewer bytes are sent as they are. Default: 1024. */
  readonly threshold?: number | undefined;
  /** Not heard: compression is synchronous, one message at a time. */
  readonly concurrencyLimit?: number | undefined;
}

type Role = "client" | "server";

/** What a handshake agreed on. */
export interface AgreedDeflate {
  /** The value of the header. */
  readonly header: string;
  readonly compression: MessageCompression;
}

/**
 * The server's answer to the header of a client; `undefined` where it does not offer the extension.
 *
 * @throws Error for a header that is malformed, or offers that none of can be accepted
 */
export function answerOffers(header: string, options: PerMessageDeflateOptions): AgreedDeflate | undefined {
  const offers = parseExtensions(header);
  if (offers === undefined) throw new SyntaxError("The header does not match the grammar");
  const ours = offers.filter(({ name }) => name === EXTENSION_NAME);
  if (ours.length === 0) return undefined;
  const resolved = resolveDeflateOptions("server", deflateOptions(options));
  const accepted = acceptOffer(
    ours.filter((offer) => isAcceptable(offer, options)),
    resolved,
  );
  if (accepted === undefined) throw new Error("None of the extension offers can be accepted");
  return {
    header: formatExtensions([accepted.answer]),
    compression: createCompression("server", accepted.agreement, options),
  };
}

/** @throws RangeError or TypeError for an option that makes no sense, which is not to come up when somebody asks */
export function assertDeflateOptions(options: true | PerMessageDeflateOptions): void {
  resolveDeflateOptions("server", deflateOptions(options === true ? {} : options));
}

/** The header of a client's request. */
export function offerHeader(options: PerMessageDeflateOptions): string {
  const { name, params } = createOffer(resolveDeflateOptions("client", deflateOptions(options)));
  const isSilent = options.clientMaxWindowBits === false;
  return formatExtensions([
    { name, params: isSilent ? params.filter(([key]) => key !== "client_max_window_bits") : params },
  ]);
}

/** Why an answer does not do. */
export class AnswerError extends Error {}

/**
 * What a server's answer to {@link offerHeader} agrees on.
 *
 * @throws AnswerError for an answer that does not fit
 */
export function acceptAnswer(header: string, options: PerMessageDeflateOptions): AgreedDeflate {
  const answers = parseExtensions(header);
  if (answers === undefined) throw new AnswerError("Invalid Sec-WebSocket-Extensions header");
  const [answer, another] = answers;
  if (answer === undefined || another !== undefined || answer.name !== EXTENSION_NAME) {
    throw new AnswerError("Server indicated an extension that was not requested");
  }
  const agreement = verifyAnswer(answer, resolveDeflateOptions("client", deflateOptions(options)));
  const isUnwanted = answer.params.some(
    ([name]) =>
      (name === "client_no_context_takeover" && options.clientNoContextTakeover === false) ||
      (name === "client_max_window_bits" && options.clientMaxWindowBits === false),
  );
  if (typeof agreement === "string" || isUnwanted) {
    throw new AnswerError("Invalid Sec-WebSocket-Extensions header");
  }
  return { header: formatExtensions([answer]), compression: createCompression("client", agreement, options) };
}

/** `ws` declines by `false` what it would otherwise go along with, and takes no smaller window than it asks for. */
function isAcceptable({ params }: Extension, options: PerMessageDeflateOptions): boolean {
  const offered = new Map(params);
  const serverBits = offered.get("server_max_window_bits");
  const clientBits = offered.get("client_max_window_bits");
  if (options.serverNoContextTakeover === false && offered.has("server_no_context_takeover")) return false;
  if (serverBits !== undefined && isBelow(serverBits, options.serverMaxWindowBits)) return false;
  return !(
    typeof options.clientMaxWindowBits === "number" && isBelow(clientBits, options.clientMaxWindowBits)
  );
}

function isBelow(offered: string | true | undefined, wanted: number | boolean | undefined): boolean {
  if (wanted === false) return true;
  return typeof wanted === "number" && typeof offered === "string" && Number(offered) < wanted;
}

function deflateOptions(options: PerMessageDeflateOptions): DeflateOptions {
  const { serverMaxWindowBits, clientMaxWindowBits, threshold, zlibDeflateOptions = {} } = options;
  const { level, memLevel } = zlibDeflateOptions;
  return {
    serverNoContextTakeover: options.serverNoContextTakeover === true,
    clientNoContextTakeover: options.clientNoContextTakeover === true,
    ...(typeof serverMaxWindowBits === "number" && { serverMaxWindowBits }),
    ...(typeof clientMaxWindowBits === "number" && { clientMaxWindowBits }),
    ...(threshold !== undefined && { thresholdBytes: threshold }),
    // zlib has 0 for no compression, and -1 for its own choice.
    ...(level !== undefined && level > 0 && { level }),
    ...(memLevel !== undefined && { memLevel }),
  };
}

/** With context takeover `ws` compresses whatever the size: small messages gain most by what came before. */
function createCompression(
  role: Role,
  agreement: Agreement,
  options: PerMessageDeflateOptions,
): MessageCompression {
  const forgets = role === "server" ? agreement.serverNoContextTakeover : agreement.clientNoContextTakeover;
  const given = deflateOptions(options);
  const resolved = resolveDeflateOptions(role, forgets ? given : { ...given, thresholdBytes: 0 });
  return new MessageDeflate(role, agreement, resolved);
}
