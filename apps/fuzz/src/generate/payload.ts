// Payloads: text of every width of UTF-8, bytes, and the lengths at which the header changes its form.
import type { Random } from "../random.ts";

const BOUNDARIES = [0, 1, 2, 3, 4, 5, 7, 8, 63, 124, 125, 126, 127, 128, 129, 255, 256, 257];
const RARE_BOUNDARIES = [1023, 4096, 65_535, 65_536, 65_537];
const SAMPLES = [
  "a",
  " ",
  "é",
  "ß",
  "€",
  "中",
  "\u{1f600}",
  "\u{10ffff}",
  "\u0000",
  "\ufeff",
  "\u07ff",
  "\u0800",
];

export function length(random: Random): number {
  if (random.oneIn(60)) return random.pick(RARE_BOUNDARIES);
  if (random.oneIn(3)) return random.pick(BOUNDARIES);
  return random.below(random.oneIn(12) ? 3000 : 60);
}

export function text(random: Random, bytes: number = length(random)): Uint8Array {
  let made = "";
  if (random.oneIn(2)) {
    // Repetitive, as most text is: it compresses.
    const word = Array.from({ length: random.between(1, 6) }, () => random.pick(SAMPLES)).join("");
    made = word.repeat(Math.ceil(bytes / word.length));
  } else {
    for (let i = 0; i < bytes; i++) made += random.pick(SAMPLES);
  }
  const whole = new Uint8Array(Buffer.from(made, "utf8"));
  // Not inside a character.
  let end = Math.min(bytes, whole.length);
  while (end > 0 && end < whole.length && (whole[end]! & 0xc0) === 0x80) end--;
  return whole.slice(0, end);
}

export function binary(random: Random, bytes: number = length(random)): Uint8Array {
  if (bytes > 5000 || random.oneIn(2)) return new Uint8Array(bytes).fill(random.below(256));
  return random.bytes(bytes);
}

export function closePayload(random: Random): Uint8Array {
  if (random.oneIn(4)) return new Uint8Array(0);
  const code = random.pick([
    1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 4999,
  ]);
  const reason = text(random, random.below(124));
  return Uint8Array.of(code >> 8, code & 0xff, ...reason);
}
