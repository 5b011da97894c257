// `Sec-WebSocket-Protocol` ↔ a set, in one pass without a regular expression over the whole of it.

/** The characters of a token (RFC 9110 §5.6.2), by their codes. */
const isTokenCode: readonly boolean[] = Array.from({ length: 128 }, (_, code) =>
  /[!#$%&'*+\-.^_`|~0-9A-Za-z]/.test(String.fromCharCode(code)),
);

export function isToken(text: unknown): text is string {
  if (typeof text !== "string" || text === "") return false;
  for (let i = 0; i < text.length; i++) if (isTokenCode[text.charCodeAt(i)] !== true) return false;
  return true;
}

/** @throws SyntaxError for what is no list of distinct tokens */
function parse(header: string): Set<string> {
  const protocols = new Set<string>();
  for (const element of header.split(",")) {
    const protocol = trim(element);
    if (!isToken(protocol)) throw new SyntaxError(`Cannot read the subprotocol ${JSON.stringify(protocol)}`);
    if (protocols.has(protocol)) throw new SyntaxError(`The "${protocol}" subprotocol is duplicated`);
    protocols.add(protocol);
  }
  return protocols;
}

/** Without spaces and tabs around it; other white space is none to HTTP. */
function trim(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && isSpace(text.charCodeAt(start))) start++;
  while (end > start && isSpace(text.charCodeAt(end - 1))) end--;
  return text.slice(start, end);
}

function isSpace(code: number): boolean {
  return code === 0x20 || code === 0x09;
}

/** Reads the header. */
export const subprotocol: { parse: typeof parse } = { parse };
