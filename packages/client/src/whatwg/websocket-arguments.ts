// What the constructor and `close` of a WebSocket accept, by the WebSockets standard: conversions as Web IDL has them,
// and a DOMException of the right name for what is refused. Knows no connection.
import { Buffer } from "node:buffer";
import { CloseCode } from "@ws/connection";
import { toWebSocketUrl } from "../redirect.ts";

const MAX_REASON_BYTES = 123;

/** @throws TypeError where there was no argument: Web IDL does not take that for `undefined`. */
export function assertUrlGiven(count: number): void {
  if (count === 0) throw new TypeError("Cannot create the WebSocket: there is no URL");
}

/** @throws DOMException `SyntaxError` for what is no absolute `ws:`, `wss:`, `http:` or `https:` URL, or has a fragment. */
export function parseUrl(input: unknown): URL {
  const text = String(input);
  // Node has no document, hence no base: a relative URL is none. It is not shown: there may be a password in it.
  if (!URL.canParse(text)) throw syntaxError("the URL cannot be parsed");
  const url = toWebSocketUrl(new URL(text));
  if (url.protocol !== "ws:" && url.protocol !== "wss:") {
    throw syntaxError(`the scheme is ${url.protocol}, not ws:, wss:, http: or https:`);
  }
  // An empty fragment shows in `href` only.
  if (url.href.includes("#")) throw syntaxError("the URL has a fragment");
  return url;
}

/** @throws DOMException `SyntaxError` for a subprotocol that is no token, or is there twice, in whatever case. */
export function parseProtocols(input: unknown): string[] {
  const isSequence = typeof input === "object" && input !== null && Symbol.iterator in input;
  const protocols = isSequence ? Array.from(input as Iterable<unknown>, String) : [String(input)];
  const seen = new Set<string>();
  for (const protocol of protocols) {
    // RFC 6455 §4.1: "non-empty strings with characters in the range U+0021 to U+007E not including separator characters"
    if (!/^[!#$%&'*+\-.^_`|~\w]+$/.test(protocol)) {
      throw syntaxError(`the subprotocol ${JSON.stringify(protocol)} is not a token`);
    }
    const name = protocol.toLowerCase();
    if (seen.has(name)) throw syntaxError(`the subprotocol ${JSON.stringify(protocol)} is there twice`);
    seen.add(name);
  }
  return protocols;
}

/**
 * What a close frame is to hold: without a code and a reason nothing, which our connections call 1005; a reason alone
 * goes with 1000.
 *
 * @throws DOMException `InvalidAccessError` for a code that is neither 1000 nor within 3000–4999; `SyntaxError` for a
 * reason of more than 123 bytes.
 */
export function parseCloseArguments(
  code: unknown,
  reason?: string,
): { readonly code: number; readonly reason: string } {
  const number = code === undefined ? undefined : clampToUnsignedShort(Number(code));
  if (number !== undefined && number !== 1000 && !(number >= 3000 && number <= 4999)) {
    throw new DOMException(
      `Cannot close the WebSocket: the code ${number} is neither 1000 nor within 3000–4999`,
      "InvalidAccessError",
    );
  }
  const text = reason === undefined ? "" : String(reason);
  const length = Buffer.byteLength(text);
  if (length > MAX_REASON_BYTES) {
    throw new DOMException(
      `Cannot close the WebSocket: the reason has ${length} bytes, and ${MAX_REASON_BYTES} is the most`,
      "SyntaxError",
    );
  }
  return { code: number ?? (text === "" ? CloseCode.noStatus : CloseCode.normal), reason: text };
}

/** Web IDL's `[Clamp] unsigned short`: halves go to the even neighbour, what is no number to 0. */
function clampToUnsignedShort(value: number): number {
  if (Number.isNaN(value)) return 0;
  const clamped = Math.min(Math.max(value, 0), 65_535);
  const floor = Math.floor(clamped);
  const rest = clamped - floor;
  return rest < 0.5 || (rest === 0.5 && floor % 2 === 0) ? floor : floor + 1;
}

function syntaxError(why: string): DOMException {
  return new DOMException(`Cannot create the WebSocket: ${why}`, "SyntaxError");
}
