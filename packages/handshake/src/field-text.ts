// The characters of HTTP header fields (RFC 9110 §5.5, §5.6.2): which may stand in a token, which in a field value,
// and which count as whitespace. One pass over the text, no regular expression. Must not know any particular field.

const TOKEN_CHARACTERS = "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/** One entry per byte value: 1 where the byte may stand in a token. */
const TOKEN_TABLE: Uint8Array = new Uint8Array(256);
for (let i = 0; i < TOKEN_CHARACTERS.length; i++) TOKEN_TABLE[TOKEN_CHARACTERS.charCodeAt(i)] = 1;

export function isTokenCode(code: number): boolean {
  return TOKEN_TABLE[code] === 1;
}

/** Takes anything, because callers in plain JavaScript pass anything. */
export function isToken(text: unknown): text is string {
  if (typeof text !== "string" || text.length === 0) return false;
  for (let i = 0; i < text.length; i++) if (!isTokenCode(text.charCodeAt(i))) return false;
  return true;
}

/** Space or tab: the only whitespace of a header field. */
export function isSpaceCode(code: number): boolean {
  return code === 0x20 || code === 0x09;
}

/** Tab, space, visible ASCII and 0x80 to 0xff; so never CR, LF, NUL, nor anything that is not one byte. */
function isFieldValueCode(code: number): boolean {
  return (code >= 0x20 && code !== 0x7f && code <= 0xff) || code === 0x09;
}

/** How many characters from the start may stand in a field value. */
export function fieldValueLength(text: string): number {
  let length = 0;
  while (length < text.length && isFieldValueCode(text.charCodeAt(length))) length++;
  return length;
}

export function isFieldValue(text: string): boolean {
  return fieldValueLength(text) === text.length;
}

/** Unlike `String.prototype.trim`, leaves 0xa0 and every other byte that HTTP does not call whitespace. */
export function trimSpaces(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && isSpaceCode(text.charCodeAt(start))) start++;
  while (end > start && isSpaceCode(text.charCodeAt(end - 1))) end--;
  return text.slice(start, end);
}
