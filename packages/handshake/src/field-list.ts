// Comma-separated lists in header fields (RFC 9110 §5.6.1): a strict reading for lists of tokens, and a lenient search
// for fields whose other elements are none of our business (Upgrade: HTTP/3.0, websocket).

import { FieldScanner } from "./field-scanner.ts";
import { trimSpaces } from "./field-text.ts";

/** The tokens in order; undefined when an element is not a token, or when there is none at all. */
export function parseTokenList(value: string): string[] | undefined {
  const scanner = new FieldScanner(value);
  const tokens: string[] = [];
  scanner.skipSpaces();
  while (!scanner.atEnd) {
    const token = scanner.token();
    if (token !== undefined) tokens.push(token);
    // RFC 9110 §5.6.1.2: "A recipient MUST parse and ignore a reasonable number of empty list elements"
    if (!scanner.take(",") && !scanner.atEnd) return undefined;
  }
  return tokens.length === 0 ? undefined : tokens;
}

/** Whether the list has the element, ignoring case. `element` is given in lower case. */
export function listIncludes(value: string | undefined, element: string): boolean {
  if (value === undefined) return false;
  const list = value.toLowerCase();
  // Mostly it is the only one.
  return list === element || list.split(",").some((part) => trimSpaces(part) === element);
}
