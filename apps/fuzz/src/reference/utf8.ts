// RFC 3629 §4 as its table stands there: what text may begin with, character by character.

/** Second octets that the table narrows, by the first one. */
const NARROWED = new Map([
  [0xe0, [0xa0, 0xbf]],
  [0xed, [0x80, 0x9f]],
  [0xf0, [0x90, 0xbf]],
  [0xf4, [0x80, 0x8f]],
]);

/** Whether the bytes are text, the beginning of some, or neither. */
export function judgeUtf8(bytes: Uint8Array): "whole" | "unfinished" | "invalid" {
  let at = 0;
  while (at < bytes.length) {
    const first = bytes[at]!;
    const size = sizeOf(first);
    if (size === 0) return "invalid";
    for (let i = 1; i < size; i++) {
      const octet = bytes[at + i];
      if (octet === undefined) return "unfinished";
      const [low, high] = (i === 1 ? NARROWED.get(first) : undefined) ?? [0x80, 0xbf];
      if (octet < low! || octet > high!) return "invalid";
    }
    at += size;
  }
  return "whole";
}

function sizeOf(first: number): number {
  if (first <= 0x7f) return 1;
  if (first >= 0xc2 && first <= 0xdf) return 2;
  if (first >= 0xe0 && first <= 0xef) return 3;
  return first >= 0xf0 && first <= 0xf4 ? 4 : 0;
}
