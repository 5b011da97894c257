// Forwarded (RFC 7239) and X-Forwarded-For, read from the right: what the nearest proxy appended comes first, and garbage
// that a client sent ahead of it is never looked at. One pass, no regular expression, nothing throws.
import { isIPv4 } from "node:net";
import { normalizeAddress } from "./address.ts";

const QUOTE = '"';

/**
 * The addresses that the proxies named, the nearest proxy's word first; undefined in place of one that is unknown,
 * obfuscated or malformed.
 */
export function* forwardedAddresses(value: string): Generator<string | undefined> {
  for (const element of elementsFromRight(value)) yield parseNode(forParameter(element));
}

/** The same for `X-Forwarded-For`, which has no grammar: addresses with commas between them, some with ports. */
export function* xForwardedForAddresses(value: string): Generator<string | undefined> {
  for (let end = value.length; end >= 0;) {
    const comma = value.lastIndexOf(",", end - 1);
    // With an end of 0 the search begins before the text, and finds what is at its very start.
    const start = end === 0 ? 0 : comma + 1;
    yield parseNode(value.slice(start, end).trim());
    end = start - 1;
  }
}

/** The elements of a list, the last one first; commas within quotes are not between elements. */
function* elementsFromRight(value: string): Generator<string> {
  let end = value.length;
  let isQuoted = false;
  for (let i = value.length - 1; i >= 0; i--) {
    if (value[i] === QUOTE && !isEscaped(value, i)) isQuoted = !isQuoted;
    if (value[i] !== "," || isQuoted) continue;
    yield value.slice(i + 1, end);
    end = i;
  }
  yield value.slice(0, end);
}

/** Whether an odd number of backslashes stands before it. */
function isEscaped(text: string, index: number): boolean {
  let backslashes = 0;
  while (text[index - 1 - backslashes] === "\\") backslashes++;
  return backslashes % 2 === 1;
}

/** The value of `for=` in one element, unquoted; undefined where there is not exactly one. */
function forParameter(element: string): string | undefined {
  const values = splitPairs(element)
    .map((pair) => pair.trim())
    .filter((pair) => pair.slice(0, 4).toLowerCase() === "for=")
    .map((pair) => pair.slice(4));
  const [value] = values;
  if (value === undefined || values.length > 1) return undefined;
  if (!value.startsWith(QUOTE)) return value;
  return value.length > 1 && value.endsWith(QUOTE) ? value.slice(1, -1) : undefined;
}

function splitPairs(element: string): string[] {
  const pairs: string[] = [];
  let start = 0;
  let isQuoted = false;
  for (let i = 0; i < element.length; i++) {
    if (element[i] === QUOTE && !isEscaped(element, i)) isQuoted = !isQuoted;
    if (element[i] !== ";" || isQuoted) continue;
    pairs.push(element.slice(start, i));
    start = i + 1;
  }
  pairs.push(element.slice(start));
  return pairs;
}

/** RFC 7239 §6: an address, IPv6 in brackets, perhaps a port; or `unknown`, or a name that means something to a proxy. */
function parseNode(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  if (text.startsWith("[")) {
    const close = text.indexOf("]");
    const rest = text.slice(close + 1);
    return close === -1 || !(rest === "" || rest.startsWith(":"))
      ? undefined
      : normalizeAddress(text.slice(1, close));
  }
  const colon = text.indexOf(":");
  const host = text.slice(0, Math.max(colon, 0));
  // An IPv6 address without brackets, which many proxies write, has more than one colon.
  return normalizeAddress(isIPv4(host) ? host : text);
}
