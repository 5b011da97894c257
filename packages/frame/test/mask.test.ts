import { createMaskKey, mask } from "@ws/frame";
import { describe, expect, it, vi } from "vitest";
import { KEY, KEY_AS_INTEGER, maskByBytes, pattern } from "./wire.ts";

/** Masks a stretch in the middle of a larger buffer and tells whether that, and nothing else, was done right. */
function agrees(offset: number, start: number, length: number, phase: number): boolean {
  const whole = pattern(offset + start + length + 9);
  const expected = whole.slice();
  expected.set(
    maskByBytes(whole.subarray(offset + start, offset + start + length), KEY, phase),
    offset + start,
  );
  mask(whole.subarray(offset), start, start + length, KEY_AS_INTEGER, phase);
  return Buffer.compare(whole, expected) === 0;
}

describe("mask", () => {
  it.each([0, 1, 2, 3, 4, 5, 6, 7])("agrees with RFC 6455 §5.3 from a start at %i", (start) => {
    const wrong: number[][] = [];
    for (let phase = 0; phase < 8; phase++) {
      for (let length = 0; length <= 300; length++) {
        if (!agrees(0, start, length, phase)) wrong.push([length, phase]);
      }
    }
    expect(wrong).toEqual([]);
  });

  it.each([1, 2, 3, 5])("agrees where the bytes are a view that begins at %i", (offset) => {
    const wrong: number[][] = [];
    for (let start = 0; start < 4; start++) {
      for (const length of [0, 1, 3, 4, 127, 128, 129, 131, 132, 255, 1000, 65_537]) {
        for (const phase of [0, 1, 2, 3]) {
          if (!agrees(offset, start, length, phase)) wrong.push([start, length, phase]);
        }
      }
    }
    expect(wrong).toEqual([]);
  });

  it.each([2 ** 31 - 2, 2 ** 31, 2 ** 32 + 1, 2 ** 40 + 3, Number.MAX_SAFE_INTEGER - 300])(
    "goes on at phase %i of a huge payload",
    (phase) => {
      expect(agrees(0, 1, 100, phase % 4)).toBe(true);
      const bytes = pattern(250);
      mask(bytes, 0, 250, KEY_AS_INTEGER, phase);
      expect(bytes).toEqual(maskByBytes(pattern(250), KEY, phase % 4));
    },
  );

  it.each([0, 0xff, 0x8000_0000 | 0, -1, 0x00ff_00ff])("takes key %i, and twice is not at all", (key) => {
    const bytes = pattern(1001);
    mask(bytes, 0, bytes.length, key);
    const octets = [key >>> 24, (key >>> 16) & 0xff, (key >>> 8) & 0xff, key & 0xff];
    expect(bytes).toEqual(maskByBytes(pattern(1001), octets));
    mask(bytes, 0, bytes.length, key);
    expect(bytes).toEqual(pattern(1001));
  });

  it("may be done in pieces that know their phase", () => {
    const bytes = pattern(700);
    for (let at = 0; at < 700; at += 151) mask(bytes, at, Math.min(at + 151, 700), KEY_AS_INTEGER, at);
    expect(bytes).toEqual(maskByBytes(pattern(700), KEY));
  });
});

describe("masking key", () => {
  it("shows no pattern over 10,000 of them (RFC 6455 §5.3, §10.3)", () => {
    const keys = Array.from({ length: 10_000 }, () => createMaskKey());
    expect(keys.every((key) => Number.isInteger(key) && key === (key | 0))).toBe(true);
    // Chance alone repeats one key in a hundred runs, three in millions.
    expect(new Set(keys).size).toBeGreaterThan(9_997);
    const differences = keys.slice(1).map((key, i) => (key - keys[i]!) | 0);
    expect(new Set(differences).size).toBeGreaterThan(9_990);
    for (let bit = 0; bit < 32; bit++) {
      const set = keys.filter((key) => (key >>> bit) % 2 === 1).length;
      expect(set).toBeGreaterThan(4_500);
      expect(set).toBeLessThan(5_500);
    }
  });

  it("is every number that crypto.getRandomValues gave, once and in order", () => {
    let counter = 0;
    const random = vi.spyOn(crypto, "getRandomValues").mockImplementation((array) => {
      const numbers = array as unknown as Int32Array;
      for (let i = 0; i < numbers.length; i++) numbers[i] = counter++;
      return array;
    });
    while (random.mock.calls.length === 0) createMaskKey();
    // The last call made the pool anew and gave out its first number.
    const keys = Array.from({ length: 3000 }, () => createMaskKey());
    expect(keys).toEqual(Array.from({ length: 3000 }, (_, i) => i + 1));
    expect(random.mock.calls.length).toBe(3);
  });
});
