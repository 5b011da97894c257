// What properties are asked about.
import fc from "fast-check";

const EDGES = [0, 0x7f, 0x80, 0x7ff, 0x800, 0xd7ff, 0xe000, 0xfeff, 0xfffe, 0xffff, 0x1_0000, 0x10_ffff];

/** Text with characters of one to four octets; no lone surrogates, which UTF-8 has no room for. */
export function texts(maxLength: number): fc.Arbitrary<string> {
  const codePoints = fc.oneof(
    fc.integer({ min: 0x20, max: 0x7e }),
    fc.constantFrom(...EDGES),
    fc.integer({ min: 0, max: 0x10_ffff }).filter((code) => code < 0xd800 || code > 0xdfff),
  );
  return fc.array(codePoints, { maxLength }).map((codes) => String.fromCodePoint(...codes));
}
