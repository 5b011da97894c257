// UTF-8 by RFC 3629 §4, octet by octet, to know not only whether bytes are wrong but from which octet on they must be.

export interface Utf8Result {
  /** Index of the octet that no continuation can repair; `undefined` while there is hope. */
  readonly invalidAt: number | undefined;
  /** The bytes end inside a character. */
  readonly truncated: boolean;
}

export function inspectUtf8(bytes: Uint8Array): Utf8Result {
  let needed = 0;
  let low = 0x80;
  let high = 0xbf;
  for (let i = 0; i < bytes.length; i++) {
    const octet = bytes[i] as number;
    if (needed > 0) {
      if (octet < low || octet > high) return { invalidAt: i, truncated: false };
      needed--;
      low = 0x80;
      high = 0xbf;
      continue;
    }
    if (octet < 0x80) continue;
    if (octet < 0xc2 || octet > 0xf4) return { invalidAt: i, truncated: false };
    needed = octet < 0xe0 ? 1 : octet < 0xf0 ? 2 : 3;
    // The second octet is narrower where overlong forms, surrogates and values past U+10FFFF would begin.
    low = octet === 0xe0 ? 0xa0 : octet === 0xf0 ? 0x90 : 0x80;
    high = octet === 0xed ? 0x9f : octet === 0xf4 ? 0x8f : 0xbf;
  }
  return { invalidAt: undefined, truncated: needed > 0 };
}

export function isUtf8(bytes: Uint8Array): boolean {
  const { invalidAt, truncated } = inspectUtf8(bytes);
  return invalidAt === undefined && !truncated;
}
