// Extensions as they stand in a header, so that tables of them can be read.
import type { Agreement, Extension } from "@ws/deflate";

/** `"permessage-deflate; server_max_window_bits=10"` as a value. */
export function extension(text: string): Extension {
  const [name, ...params] = text.split(";").map((part) => part.trim());
  return { name: name!, params: params.map((param) => parameter(param)) };
}

function parameter(text: string): [string, string | true] {
  const at = text.indexOf("=");
  return at === -1 ? [text, true] : [text.slice(0, at), text.slice(at + 1)];
}

/** The inverse. */
export function format({ name, params }: Extension): string {
  return [name, ...params.map(([key, value]) => (value === true ? key : `${key}=${value}`))].join("; ");
}

/** An agreement in short: `"s15 c15"`, with a dot behind a side that forgets each message. */
export function brief(agreement: Agreement): string {
  const { serverNoContextTakeover, clientNoContextTakeover, serverMaxWindowBits, clientMaxWindowBits } =
    agreement;
  const server = `s${serverMaxWindowBits}${serverNoContextTakeover ? "." : ""}`;
  return `${server} c${clientMaxWindowBits}${clientNoContextTakeover ? "." : ""}`;
}

/** Values that are no size of a window (RFC 7692 §7.1.2: "a decimal integer value without leading zeroes between 8 to 15"). */
export const INVALID_BITS: readonly string[] = [
  "",
  "0",
  "1",
  "7",
  "16",
  "31",
  "-8",
  "-9",
  "08",
  "010",
  "015",
  "+9",
  " 9",
  "9 ",
  "9.0",
  "9.5",
  "9e0",
  "1e1",
  "0x9",
  "0b1001",
  "9n",
  "９",
  "1000",
  "1_0",
  "9,10",
  "4294967305",
  "9".repeat(400),
  "Infinity",
  "NaN",
  "true",
  "__proto__",
];

/** Names that are no parameter of this extension. */
export const UNKNOWN_NAMES: readonly string[] = [
  "unknown",
  "",
  "server_max_window_bit",
  "server_max_window_bitss",
  "SERVER_MAX_WINDOW_BITS",
  "Server_No_Context_Takeover",
  "server-no-context-takeover",
  "s2s_no_context_takeover",
  "c2s_max_window_bits",
  "serverMaxWindowBits",
  "mux",
  // GHSA-5v72-xg48-5rpm: names that every object answers to.
  "__proto__",
  "constructor",
  "toString",
  "hasOwnProperty",
  "valueOf",
  "prototype",
];
