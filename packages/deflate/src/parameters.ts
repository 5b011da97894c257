// The four parameters of permessage-deflate (RFC 7692 §7.1), as text and as values. Judges each by itself; what an offer
// or an answer may say of them is in negotiation.
import type { Extension } from "./extension.ts";

/** The parameters of one offer or answer; absent ones are `undefined`. */
export interface Parameters {
  readonly serverNoContextTakeover: boolean;
  readonly clientNoContextTakeover: boolean;
  readonly serverMaxWindowBits: number | undefined;
  /** In an offer `true` says: the client can limit its window, to whatever the server answers. */
  readonly clientMaxWindowBits: number | true | undefined;
}

/** Without a word about windows they are as large as deflate allows: 32 KiB (RFC 7692 §7.1.2). */
export const MAX_WINDOW_BITS = 15;
export const MIN_WINDOW_BITS = 8;

/** Reads the parameters; `undefined` where one is unknown, twice there, or has a wrong value. */
export function readParameters({ params }: Extension): Parameters | undefined {
  const found = new Map<string, string | true>();
  for (const [name, value] of params) {
    // RFC 7692 §7: "The negotiation offer contains multiple extension parameters with the same name."
    if (found.has(name)) return undefined;
    if (!hasValidValue(name, value)) return undefined;
    found.set(name, value);
  }
  return {
    serverNoContextTakeover: found.has("server_no_context_takeover"),
    clientNoContextTakeover: found.has("client_no_context_takeover"),
    serverMaxWindowBits: toBits(found.get("server_max_window_bits")),
    clientMaxWindowBits:
      found.get("client_max_window_bits") === true ? true : toBits(found.get("client_max_window_bits")),
  };
}

/** The parameters as they stand in a header. */
export function writeParameters(parameters: Parameters): Extension["params"] {
  const params: (readonly [string, string | true])[] = [];
  if (parameters.serverNoContextTakeover) params.push(["server_no_context_takeover", true]);
  if (parameters.clientNoContextTakeover) params.push(["client_no_context_takeover", true]);
  if (parameters.serverMaxWindowBits !== undefined) {
    params.push(["server_max_window_bits", String(parameters.serverMaxWindowBits)]);
  }
  const { clientMaxWindowBits } = parameters;
  if (clientMaxWindowBits !== undefined) {
    params.push([
      "client_max_window_bits",
      clientMaxWindowBits === true ? true : String(clientMaxWindowBits),
    ]);
  }
  return params;
}

function hasValidValue(name: string, value: string | true): boolean {
  switch (name) {
    // RFC 7692 §7.1.1.1: "This extension parameter has no value."
    case "server_no_context_takeover":
    case "client_no_context_takeover":
      return value === true;
    // RFC 7692 §7.1.2.1: "has a decimal integer value without leading zeroes between 8 to 15"
    case "server_max_window_bits":
      return toBits(value) !== undefined;
    // RFC 7692 §7.1.2.2: "has no value or a decimal integer value without leading zeroes between 8 to 15"
    case "client_max_window_bits":
      return value === true || toBits(value) !== undefined;
    default:
      return false;
  }
}

function toBits(value: string | true | undefined): number | undefined {
  if (typeof value !== "string") return undefined;
  const bits = Number(value);
  return String(bits) === value && isWindowBits(bits) ? bits : undefined;
}

/** Whether a number can be the size of a window: a whole one from 8 to 15. */
export function isWindowBits(bits: number): boolean {
  return Number.isInteger(bits) && bits >= MIN_WINDOW_BITS && bits <= MAX_WINDOW_BITS;
}
