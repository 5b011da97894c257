// Incremental UTF-8 (RFC 3629): says "no" at the first octet that no continuation could make valid, however the
// text was cut into fragments, frames and TCP segments. Keeps at most one unfinished character, never the text.
import { isUtf8 } from "./platform.ts";

/**
 * Checks text as it arrives (RFC 6455 §8.1).
 *
 * @example
 * ```ts
 * const validator = new Utf8Validator();
 * validator.push(new Uint8Array([0xe2, 0x82])); // true: the start of "€"
 * validator.isComplete; // false
 * validator.push(new Uint8Array([0xac])); // true
 * validator.isComplete; // true
 * ```
 */
export class Utf8Validator {
  /** Continuation octets that the unfinished character still needs. */
  #missing = 0;
  /** What the next continuation octet must lie between. */
  #lowest = 0x80;
  #highest = 0xbf;

  /** Whether the text may end here, not inside a character. */
  get isComplete(): boolean {
    return this.#missing === 0;
  }

  /** Takes the next bytes; false when the text is invalid whatever follows. Not to be used after that. */
  push(bytes: Uint8Array): boolean {
    let start = 0;
    while (this.#missing > 0 && start < bytes.length) {
      if (!this.#step(bytes[start++]!)) return false;
    }
    const whole = wholeCharacters(bytes, start);
    if (whole > start) {
      const text = start === 0 && whole === bytes.length ? bytes : bytes.subarray(start, whole);
      if (!isUtf8(text)) return false;
    }
    for (let at = whole; at < bytes.length; at++) {
      if (!this.#step(bytes[at]!)) return false;
    }
    return true;
  }

  /** One octet through the table of RFC 3629 §4. */
  #step(octet: number): boolean {
    if (this.#missing > 0) {
      if (octet < this.#lowest || octet > this.#highest) return false;
      this.#missing--;
      this.#lowest = 0x80;
      this.#highest = 0xbf;
      return true;
    }
    // The first octet of a character, never of one that is whole: push() looks at those all at once.
    // C0 and C1 could only begin overlong forms; F5 and above only characters past U+10FFFF.
    if (octet < 0xc2 || octet > 0xf4) return false;
    this.#missing = octet < 0xe0 ? 1 : octet < 0xf0 ? 2 : 3;
    if (octet === 0xe0) this.#lowest = 0xa0; // below: overlong
    if (octet === 0xed) this.#highest = 0x9f; // above: surrogates
    if (octet === 0xf0) this.#lowest = 0x90; // below: overlong
    if (octet === 0xf4) this.#highest = 0x8f; // above: past U+10FFFF
    return true;
  }
}

/** Where the character that the bytes break off begins; their length if they break off none. */
function wholeCharacters(bytes: Uint8Array, start: number): number {
  const end = bytes.length;
  for (let back = 1; back <= 3 && end - back >= start; back++) {
    const octet = bytes[end - back]!;
    if (octet < 0x80) return end;
    if (octet >= 0xc0) {
      const length = octet < 0xe0 ? 2 : octet < 0xf0 ? 3 : 4;
      return length > back ? end - back : end;
    }
  }
  return end;
}
