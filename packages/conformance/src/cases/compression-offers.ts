// Parameter sets of permessage-deflate: how to offer them to a server, how to answer a client with them.
import type { Extension } from "../deflate/extension-header.ts";
import type { Compression } from "../suite/case.ts";

export interface Parameters {
  readonly serverNoContextTakeover?: boolean;
  readonly clientNoContextTakeover?: boolean;
  readonly serverMaxWindowBits?: number;
  readonly clientMaxWindowBits?: number;
}

/** Part of case ids: `bare`, `server-bits-9`, … */
export function nameOf(wanted: Parameters): string {
  const parts = [
    wanted.serverNoContextTakeover && "server-no-takeover",
    wanted.clientNoContextTakeover && "client-no-takeover",
    wanted.serverMaxWindowBits !== undefined && `server-bits-${wanted.serverMaxWindowBits}`,
    wanted.clientMaxWindowBits !== undefined && `client-bits-${wanted.clientMaxWindowBits}`,
  ].filter((part) => typeof part === "string");
  return parts.length === 0 ? "bare" : parts.join("-");
}

export function encodeParameters(wanted: Parameters): string {
  return [
    "permessage-deflate",
    ...(wanted.serverNoContextTakeover ? ["server_no_context_takeover"] : []),
    ...(wanted.clientNoContextTakeover ? ["client_no_context_takeover"] : []),
    ...(wanted.serverMaxWindowBits === undefined
      ? []
      : [`server_max_window_bits=${wanted.serverMaxWindowBits}`]),
    ...(wanted.clientMaxWindowBits === undefined
      ? []
      : [`client_max_window_bits=${wanted.clientMaxWindowBits}`]),
  ].join("; ");
}

export function compressionWith(wanted: Parameters): Compression {
  return {
    offer: encodeParameters(wanted),
    answer: (offer) => legalAnswer(offer, wanted),
  };
}

/** No parameters beyond those the other side insists on. */
export const bare: Compression = compressionWith({});

/** What is wanted and what the offer makes obligatory, or `undefined` where the two cannot meet. */
export function legalAnswer({ parameters }: Extension, wanted: Parameters): string | undefined {
  const offered = new Map(parameters);
  // RFC 7692 §7.1.2.2: without it in the offer, the response "MUST NOT include the "client_max_window_bits"".
  if (wanted.clientMaxWindowBits !== undefined) {
    if (!offered.has("client_max_window_bits")) return undefined;
    if (wanted.clientMaxWindowBits > Number(offered.get("client_max_window_bits") ?? 15)) return undefined;
  }
  // §7.1.2.1: accepted by including it "with the same or smaller value as the offer".
  const bits = Number(offered.get("server_max_window_bits") ?? 15);
  if (wanted.serverMaxWindowBits !== undefined && wanted.serverMaxWindowBits > bits) return undefined;
  return encodeParameters({
    ...wanted,
    // §7.1.1.1: accepted by including it.
    serverNoContextTakeover:
      (wanted.serverNoContextTakeover ?? false) || offered.has("server_no_context_takeover"),
    ...(offered.has("server_max_window_bits") && { serverMaxWindowBits: wanted.serverMaxWindowBits ?? bits }),
  });
}
