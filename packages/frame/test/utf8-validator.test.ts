import { decodeUtf8, encodeUtf8, utf8Length, Utf8Validator } from "@ws/frame";
import fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import { texts } from "./arbitraries.ts";
import { hex, toHex, utf8 } from "./wire.ts";

// Much work in few tests: seconds at most, but on a machine that does other things besides.
vi.setConfig({ testTimeout: 60_000 });

// The reference: every beginning of every character there is, found by encoding all of them.
const COMPLETE = 1;
const BEGINNING = 2;
const beginnings = new Map<number, number>();
for (let codePoint = 0; codePoint <= 0x10ffff; codePoint++) {
  if (codePoint >= 0xd800 && codePoint <= 0xdfff) continue;
  // Of the characters that need four octets, those at the edges of each block of 64 have all the beginnings.
  if (codePoint >= 0x1_0000 && codePoint % 64 !== 0) continue;
  const octets = Buffer.from(String.fromCodePoint(codePoint));
  let key = 0;
  for (let i = 0; i < octets.length; i++) {
    key = key * 256 + octets[i]!;
    beginnings.set(key, i + 1 === octets.length ? COMPLETE : BEGINNING);
  }
}

/** What these octets, of one character at most, are: `COMPLETE`, `BEGINNING`, or nothing that can be text. */
function judge(...octets: number[]): number | undefined {
  const isFourth = octets.length === 4 && octets[3]! >= 0x80 && octets[3]! <= 0xbf;
  const key = octets.reduce((sum, octet) => sum * 256 + octet, 0);
  return isFourth ? beginnings.get(key - (key % 64)) : beginnings.get(key);
}

function verdict(bytes: Uint8Array, ...cuts: number[]): boolean {
  const validator = new Utf8Validator();
  let start = 0;
  for (const end of [...cuts, bytes.length]) {
    if (!validator.push(bytes.subarray(start, end))) return false;
    start = end;
  }
  return validator.isComplete;
}

function isText(bytes: Uint8Array): boolean {
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}

describe("utf8 validator", () => {
  it("follows RFC 3629 §4 through every sequence of up to four octets, octet by octet", () => {
    const wrong: string[] = [];
    const octet = new Uint8Array(1);
    const walk = (prefix: number[]): void => {
      for (let next = 0; next < 256; next++) {
        const validator = new Utf8Validator();
        validator.push(Uint8Array.from(prefix));
        octet[0] = next;
        const sequence = [...prefix, next];
        const expected = judge(...sequence);
        const viable = validator.push(octet);
        if (
          viable !== (expected !== undefined) ||
          (viable && validator.isComplete !== (expected === COMPLETE))
        ) {
          wrong.push(toHex(Uint8Array.from(sequence)));
        }
        // The last of four octets follows the same rule everywhere: a few places stand for all.
        const isRepresentative = sequence.length < 3 || [0x80, 0x81, 0xbe, 0xbf].includes(next);
        if (expected === BEGINNING && isRepresentative) walk(sequence);
      }
    };
    walk([]);
    expect(wrong).toEqual([]);
  });

  it("agrees about every sequence of two octets, and of three that begin a character", () => {
    const wrong: string[] = [];
    const two = new Uint8Array(2);
    const three = new Uint8Array(3);
    for (let a = 0; a < 256; a++) {
      for (let b = 0; b < 256; b++) {
        two.set([a, b]);
        const isPair = judge(a) === COMPLETE && judge(b) === COMPLETE;
        const isCharacter = judge(a, b) === COMPLETE;
        if (verdict(two) !== (isPair || isCharacter)) wrong.push(toHex(two));
        if (a < 0xc2 || b < 0x7f || b > 0xc0) continue;
        three.set(two);
        for (let c = 0; c < 256; c++) {
          three[2] = c;
          const expected = beginnings.get(a * 65_536 + b * 256 + c) === COMPLETE || (isCharacter && c < 0x80);
          const validator = new Utf8Validator();
          if ((validator.push(three) && validator.isComplete) !== expected) wrong.push(toHex(three));
        }
      }
    }
    expect(wrong).toEqual([]);
  });

  // The octet, counted from 1, with which no continuation can be text any more.
  it.each([
    ["80", 1],
    ["bf", 1],
    ["c0", 1],
    ["c1", 1],
    ["f5", 1],
    ["f8", 1],
    ["fe", 1],
    ["ff", 1],
    ["c2 7f", 2],
    ["c2 c0", 2],
    ["df 00", 2],
    ["e0 9f", 2],
    ["e0 80", 2],
    ["e1 7f", 2],
    ["e2 82 7f", 3],
    ["e2 82 c0", 3],
    ["ed a0", 2],
    ["ed bf", 2],
    ["ed 9f c0", 3],
    ["ef bf 20", 3],
    ["f0 8f", 2],
    ["f0 80", 2],
    ["f0 90 7f", 3],
    ["f0 90 80 c0", 4],
    ["f4 90", 2],
    ["f4 8f bf c0", 4],
    ["f3 80 80 7f", 4],
    ["61 80", 2],
    ["c3 a9 80", 3],
    ["e2 82 ac 80", 4],
    ["f0 9f 98 80 80", 5],
    ["ef bb bf ff", 4],
    ["ce ba e1 bd b9 cf 83 ce bc ce b5 f4 90 80 80", 13],
  ])("fails %s at octet %i, not later (RFC 6455 §8.1)", (sequence, octet) => {
    const bytes = hex(sequence);
    const validator = new Utf8Validator();
    const verdicts = Array.from(bytes.subarray(0, octet), (value) => validator.push(Uint8Array.of(value)));
    expect(verdicts).toEqual([...Array(octet - 1).fill(true), false]);
    // As one piece, whatever follows, and behind text of any length.
    for (const before of ["", "a", "ab", "abc", "text enough to be looked at as a whole", "€", "😀"]) {
      for (const behind of ["", "a", "bcd"]) {
        const whole = Buffer.concat([utf8(before), bytes.subarray(0, octet), utf8(behind)]);
        expect(new Utf8Validator().push(whole)).toBe(false);
      }
    }
  });

  it.each([
    ["", true],
    ["c2", false],
    ["c2 80", true],
    ["e0 a0", false],
    ["e0 a0 80", true],
    ["ed 9f bf", true],
    ["ee 80 80", true],
    ["f0", false],
    ["f0 90", false],
    ["f0 90 80", false],
    ["f0 90 80 80", true],
    ["f4 8f bf bf", true],
    ["61 62 e2 82", false],
    ["ef bb bf", true],
    ["ef bf be", true],
    ["ef bf bf", true],
    ["ef b7 90", true],
    ["f0 9f bf be", true],
    ["7f 00", true],
  ])("takes %j: complete is %s", (sequence, complete) => {
    const whole = new Utf8Validator();
    expect(whole.push(hex(sequence))).toBe(true);
    expect(whole.isComplete).toBe(complete);
    const split = new Utf8Validator();
    for (const octet of hex(sequence)) expect(split.push(Uint8Array.of(octet))).toBe(true);
    expect(split.isComplete).toBe(complete);
  });

  it("passes over an empty piece inside a character", () => {
    const validator = new Utf8Validator();
    expect([hex("e2"), hex(""), hex("82"), hex(""), hex("ac")].map((piece) => validator.push(piece))).toEqual(
      Array(5).fill(true),
    );
    expect(validator.isComplete).toBe(true);
  });

  it("takes any text, cut anywhere", () => {
    fc.assert(
      fc.property(texts(5), (text) => {
        const bytes = utf8(text);
        for (let a = 0; a <= bytes.length; a++) {
          for (let b = a; b <= bytes.length; b++) {
            if (!verdict(bytes, a, b)) expect.fail(`${toHex(bytes)} cut at ${a} and ${b}`);
          }
        }
      }),
    );
  });

  it("agrees with TextDecoder on any bytes, cut anywhere", () => {
    const pieces = fc.oneof(
      fc.uint8Array({ maxLength: 6 }),
      texts(3).map((text) => utf8(text)),
      // Characters that break off.
      fc.constantFrom("c2", "e0 a0", "ed 9f", "ed a0", "f0 90 80", "f4 8f", "f4 90", "c0 af", "ff").map(hex),
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 4 }), (list) => {
        const bytes = Uint8Array.from(Buffer.concat(list));
        const expected = isText(bytes);
        for (let cut = 0; cut <= bytes.length; cut++) expect(verdict(bytes, cut)).toBe(expected);
      }),
      { numRuns: 500 },
    );
  });
});

describe("decodeUtf8", () => {
  it("keeps a byte order mark: it is a character like any other", () => {
    expect(decodeUtf8(hex("ef bb bf 61"))).toBe("\ufeffa");
  });

  it.each(["", "a", "é€😀", "\0", "\uffff\ufffe", "x".repeat(100_000)])(
    "is the inverse of encoding",
    (text) => {
      expect(decodeUtf8(utf8(text))).toBe(text);
      expect(decodeUtf8(Buffer.concat([hex("ff"), utf8(text), hex("ff")]).subarray(1, -1))).toBe(text);
      expect(utf8Length(text)).toBe(utf8(text).length);
      expect(Buffer.compare(encodeUtf8(text), utf8(text))).toBe(0);
    },
  );

  it("has no lone surrogates to give back: they are encoded as U+FFFD", () => {
    expect(toHex(encodeUtf8("a\ud800b"))).toBe("61efbfbd62");
  });
});
