// What both sides of a connection agreed on for permessage-deflate, read from the response that settled it.
import type { Role } from "../role.ts";
import type { Extension } from "./extension-header.ts";

export interface Agreement {
  readonly serverNoContextTakeover: boolean;
  readonly clientNoContextTakeover: boolean;
  readonly serverMaxWindowBits: number;
  readonly clientMaxWindowBits: number;
}

/** How one direction must be compressed. */
export interface DirectionRules {
  readonly windowBits: number;
  readonly contextTakeover: boolean;
}

/** What the sender with this role has to keep to. */
export function rulesFor(agreement: Agreement, sender: Role): DirectionRules {
  return sender === "server"
    ? { windowBits: agreement.serverMaxWindowBits, contextTakeover: !agreement.serverNoContextTakeover }
    : { windowBits: agreement.clientMaxWindowBits, contextTakeover: !agreement.clientNoContextTakeover };
}

/** Throws `SyntaxError` where a response parameter is not one of RFC 7692 §7.1, repeated, or of a wrong value. */
export function agreementOf({ parameters }: Extension): Agreement {
  const seen = new Map<string, string | undefined>();
  for (const [name, value] of parameters) {
    if (seen.has(name)) throw new SyntaxError(`${name} is repeated`);
    seen.set(name, value);
    const valueless = name === "server_no_context_takeover" || name === "client_no_context_takeover";
    const bits = name === "server_max_window_bits" || name === "client_max_window_bits";
    if (!valueless && !bits) throw new SyntaxError(`${name} is not a parameter of permessage-deflate`);
    if (valueless && value !== undefined) throw new SyntaxError(`${name} must not have a value`);
    if (bits && !/^(?:8|9|1[0-5])$/.test(value ?? "")) {
      throw new SyntaxError(`${name}=${value ?? ""} is not an integer from 8 to 15`);
    }
  }
  return {
    serverNoContextTakeover: seen.has("server_no_context_takeover"),
    clientNoContextTakeover: seen.has("client_no_context_takeover"),
    serverMaxWindowBits: Number(seen.get("server_max_window_bits") ?? 15),
    clientMaxWindowBits: Number(seen.get("client_max_window_bits") ?? 15),
  };
}
