// A cursor over one header field value: whitespace, tokens, quoted strings, single delimiters.
// It only moves forward, so whatever is built from it is linear. Must not know any particular field.

import { isSpaceCode, isTokenCode } from "./field-text.ts";

const DOUBLE_QUOTE = 0x22;
const BACKSLASH = 0x5c;

export class FieldScanner {
  readonly #text: string;
  #position = 0;

  constructor(text: string) {
    this.#text = text;
  }

  get atEnd(): boolean {
    return this.#position === this.#text.length;
  }

  skipSpaces(): void {
    while (isSpaceCode(this.#text.charCodeAt(this.#position))) this.#position++;
  }

  /** Steps over the delimiter when it comes next, together with the whitespace on both sides of it. */
  take(delimiter: "," | ";" | "="): boolean {
    this.skipSpaces();
    if (this.#text[this.#position] !== delimiter) return false;
    this.#position++;
    this.skipSpaces();
    return true;
  }

  /** The token that comes next; undefined when none does. */
  token(): string | undefined {
    const start = this.#position;
    while (isTokenCode(this.#text.charCodeAt(this.#position))) this.#position++;
    return this.#position === start ? undefined : this.#text.slice(start, this.#position);
  }

  /** A token, bare or as a quoted string; undefined when neither comes next, or when the string holds no token. */
  tokenOrQuotedToken(): string | undefined {
    if (this.#text.charCodeAt(this.#position) !== DOUBLE_QUOTE) return this.token();
    this.#position++;
    let unescaped = "";
    for (;;) {
      let code = this.#text.charCodeAt(this.#position);
      if (code === DOUBLE_QUOTE) break;
      if (code === BACKSLASH) code = this.#text.charCodeAt(++this.#position);
      // RFC 6455 §9.1: "the value after quoted-string unescaping MUST conform to the 'token' ABNF"
      if (!isTokenCode(code)) return undefined; // also the end of the text, where the code is NaN
      unescaped += this.#text[this.#position++];
    }
    this.#position++;
    return unescaped === "" ? undefined : unescaped;
  }
}
