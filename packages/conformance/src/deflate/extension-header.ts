// Sec-WebSocket-Extensions by the grammar of RFC 6455 §9.1, for what the peer under test writes.

export interface Extension {
  readonly name: string;
  /** In order; a parameter without value maps to `undefined`, so duplicates stay visible. */
  readonly parameters: readonly (readonly [name: string, value: string | undefined])[];
}

const tokenChar = /[!#$%&'*+\-.^_`|~0-9A-Za-z]/;

/** Throws `SyntaxError` where the value does not follow the grammar. */
export function parseExtensions(value: string): Extension[] {
  let at = 0;
  const fail = (wanted: string): never => {
    throw new SyntaxError(`${wanted} expected at ${at} of "${value}"`);
  };
  const blanks = (): void => {
    while (value[at] === " " || value[at] === "\t") at++;
  };
  const token = (): string => {
    const start = at;
    while (at < value.length && tokenChar.test(value[at] as string)) at++;
    return at === start ? fail("a token") : value.slice(start, at);
  };
  const quoted = (): string => {
    at++;
    let text = "";
    while (at < value.length && value[at] !== '"') {
      if (value[at] === "\\") at++;
      text += value[at++] ?? "";
    }
    // "the value after quoted-string unescaping MUST conform to the 'token' ABNF"
    if (value[at++] !== '"' || text === "" || !Array.from(text).every((char) => tokenChar.test(char)))
      fail("a quoted token");
    return text;
  };

  const extensions: Extension[] = [];
  for (;;) {
    blanks();
    const name = token();
    const parameters: [string, string | undefined][] = [];
    blanks();
    while (value[at] === ";") {
      at++;
      blanks();
      const parameter = token();
      blanks();
      if (value[at] === "=") {
        at++;
        blanks();
        parameters.push([parameter, value[at] === '"' ? quoted() : token()]);
        blanks();
      } else parameters.push([parameter, undefined]);
    }
    extensions.push({ name, parameters });
    if (at === value.length) return extensions;
    if (value[at++] !== ",") fail("a comma");
  }
}
