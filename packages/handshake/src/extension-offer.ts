// Sec-WebSocket-Extensions (RFC 6455 §9.1) ↔ a list. Owns the grammar, in one forward pass with capped counts. What an
// extension or a parameter means, also when it is repeated, is for whoever implements the extension.

import { FieldScanner } from "./field-scanner.ts";
import { isToken } from "./field-text.ts";
import { quote } from "./quote.ts";

/** Elements of one field, empty ones included. Browsers offer one or two extensions. */
const MAX_EXTENSIONS = 32;
/** Parameters of one extension. permessage-deflate knows four. */
const MAX_PARAMETERS = 32;

/** One extension with its parameters, as offered by a client or accepted by a server. */
export interface ExtensionOffer {
  /** A token: `"permessage-deflate"`. */
  readonly name: string;
  /**
   * In order, duplicates kept: `[["client_max_window_bits", true], ["server_max_window_bits", "10"]]`. A parameter
   * without a value is `true`. Pairs and not an object, so a parameter called `__proto__` is just a string.
   */
  readonly params: readonly (readonly [name: string, value: string | true])[];
}

/**
 * Reads the value of `Sec-WebSocket-Extensions`; several field lines are joined with `", "` first.
 *
 * @returns the extensions in order, duplicates kept; undefined when the value does not match the grammar of
 * RFC 6455 §9.1, names none, or has more than 32 elements or 32 parameters per extension.
 *
 * @example
 * ```ts
 * import { parseExtensions } from "@ws/handshake";
 *
 * parseExtensions('permessage-deflate; server_max_window_bits="10"; client_max_window_bits');
 * // [{ name: "permessage-deflate", params: [["server_max_window_bits", "10"], ["client_max_window_bits", true]] }]
 * ```
 */
export function parseExtensions(value: string): ExtensionOffer[] | undefined {
  const scanner = new FieldScanner(value);
  const offers: ExtensionOffer[] = [];
  scanner.skipSpaces();
  for (let elements = 0; !scanner.atEnd; elements++) {
    if (elements === MAX_EXTENSIONS) return undefined;
    const name = scanner.token();
    if (name !== undefined) {
      const params = scanParameters(scanner);
      if (params === undefined) return undefined;
      offers.push({ name, params });
    }
    // RFC 9110 §5.6.1.2: "A recipient MUST parse and ignore a reasonable number of empty list elements"
    if (!scanner.take(",") && !scanner.atEnd) return undefined;
  }
  return offers.length === 0 ? undefined : offers;
}

function scanParameters(scanner: FieldScanner): [string, string | true][] | undefined {
  const params: [string, string | true][] = [];
  while (scanner.take(";")) {
    if (params.length === MAX_PARAMETERS) return undefined;
    const name = scanner.token();
    if (name === undefined) return undefined;
    const value = scanner.take("=") ? scanner.tokenOrQuotedToken() : true;
    if (value === undefined) return undefined;
    params.push([name, value]);
  }
  return params;
}

/**
 * Writes the value of `Sec-WebSocket-Extensions`. The inverse of {@link parseExtensions}.
 *
 * @throws TypeError when a name or a value is not a token.
 *
 * @example
 * ```ts
 * import { formatExtensions } from "@ws/handshake";
 *
 * formatExtensions([{ name: "permessage-deflate", params: [["client_max_window_bits", true]] }]);
 * // "permessage-deflate; client_max_window_bits"
 * ```
 */
export function formatExtensions(offers: readonly ExtensionOffer[]): string {
  return offers.map(formatExtension).join(", ");
}

function formatExtension({ name, params }: ExtensionOffer): string {
  let text = token(name);
  for (const [parameter, value] of params) {
    text += `; ${token(parameter)}`;
    if (value !== true) text += `=${token(value)}`;
  }
  return text;
}

function token(text: string): string {
  if (isToken(text)) return text;
  throw new TypeError(`Cannot format extensions: ${quote(text)} is not a token`);
}
