// Headers that a caller adds to a head. Owns the guard against header injection: nothing reaches a head that could end
// its line, and nothing that the handshake itself must say. Must not know requests or responses.

import { isFieldValue, isToken } from "./field-text.ts";
import { quote } from "./quote.ts";

/** One header field line, `[name, value]`. */
export type HeaderLine = readonly [name: string, value: string];

/** Headers as callers give them: pairs in order (names may repeat), a `Headers` object, a `Map`, or a plain object. */
export type HeaderInput = Iterable<HeaderLine> | Readonly<Record<string, string>>;

/** Framing and hop-by-hop fields, which no caller may set on either side. */
const HANDSHAKE_FIELDS: ReadonlySet<string> = new Set([
  "connection",
  "content-length",
  "http2-settings",
  "keep-alive",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);

/** The caller's headers as lines; TypeError when one is malformed, belongs to the handshake, or is in `alsoProtected`. */
export function headerLines(
  input: HeaderInput | undefined,
  alsoProtected: readonly string[] = [],
): HeaderLine[] {
  if (input === undefined) return [];
  const lines: HeaderLine[] = [];
  for (const [name, value] of isIterable(input) ? input : Object.entries(input)) {
    assertHeaderLine(name, value);
    const key = name.toLowerCase();
    if (HANDSHAKE_FIELDS.has(key) || key.startsWith("sec-websocket-") || alsoProtected.includes(key)) {
      throw new TypeError(`Cannot set header ${quote(name)}: it belongs to the handshake`);
    }
    lines.push([name, value]);
  }
  return lines;
}

/** Throws a TypeError unless the line can stand in a head without becoming two. */
export function assertHeaderLine(name: unknown, value: unknown): void {
  if (!isToken(name)) {
    throw new TypeError(`Cannot set header ${quote(name)}: its name is not a token`);
  }
  if (typeof value !== "string") {
    throw new TypeError(`Cannot set header ${quote(name)}: its value is not a string but ${typeof value}`);
  }
  if (!isFieldValue(value)) {
    throw new TypeError(
      // Without the value: it may be a password, and the sentence ends in a log.
      `Cannot set header ${quote(name)}: its value has a line break, a control character or one beyond U+00FF`,
    );
  }
}

function isIterable(input: HeaderInput): input is Iterable<HeaderLine> {
  return Symbol.iterator in input;
}
