// Payloads by size: the same bytes in every run, so that a difference can be reproduced.

const words = Buffer.from("Žluťoučký kůň — 𝄞 ∀x∈ℝ: ⌈x⌉ = −⌊−x⌋, ASCII too. ", "utf8");

/** Valid UTF-8 of exactly this many bytes, mixed from characters of one to four. */
export function textOf(bytes: number): Buffer {
  const text = Buffer.alloc(bytes, words);
  // Whatever the cut left of a character becomes ASCII.
  let at = bytes;
  while (at > 0 && ((text[at - 1] as number) & 0xc0) === 0x80) at--;
  if (at > 0 && (text[at - 1] as number) >= 0xc0) at--;
  return bytes % words.length === 0 ? text : text.fill(0x7e, at);
}

/** Octets of every value without a short period. */
export function binaryOf(bytes: number, seed = 1): Buffer {
  const out = Buffer.allocUnsafe(bytes);
  let state = seed >>> 0 || 1;
  for (let i = 0; i < bytes; i++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    out[i] = state >>> 24;
  }
  return out;
}

/** Text that compresses well, yet not to nothing. */
export function proseOf(bytes: number): Buffer {
  const nouns = ["frame", "mask", "octet", "opcode", "fragment", "handshake", "endpoint", "extension"];
  const line = (n: number): string =>
    `${n}: the ${nouns[n % 8]} of every ${nouns[(n * 5 + 3) % 8]} has a ${nouns[(n * 11) % 7]}. `;
  let text = "";
  for (let n = 0; text.length < bytes; n++) text += line(n);
  return Buffer.from(text.slice(0, bytes), "latin1");
}
