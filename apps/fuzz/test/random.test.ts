import { describe, expect, it } from "vitest";
import { makeCase } from "../src/campaign/campaign.ts";
import { decodeCase, encodeCase } from "../src/fuzz-case.ts";
import { Random } from "../src/random.ts";
import { TARGETS } from "../src/target/targets.ts";

describe("Random", () => {
  it("makes the same numbers of the same words, and others of others", () => {
    const numbers = (...words: (string | number)[]): number[] => {
      const random = new Random(...words);
      return Array.from({ length: 20 }, () => random.uint32());
    };
    expect(numbers(1, "a", 2)).toEqual(numbers(1, "a", 2));
    expect(numbers(1, "a", 2)).not.toEqual(numbers(1, "a", 3));
    expect(numbers("ab", "c")).not.toEqual(numbers("a", "bc"));
  });

  it("stays within its bounds and reaches them", () => {
    const random = new Random(1);
    const drawn = new Set(Array.from({ length: 500 }, () => random.between(3, 7)));
    expect(drawn).toEqual(new Set([3, 4, 5, 6, 7]));
    expect(random.below(0)).toBe(0);
  });
});

describe.each(TARGETS.map((target) => ({ name: target.name, target })))(
  "cases of $name",
  ({ name, target }) => {
    it("are repeated by their seed, and survive being kept", () => {
      for (let index = 0; index < 30; index++) {
        const text = encodeCase({ target: name, note: "a note", case: makeCase(target, 5, index) });
        expect(encodeCase({ target: name, note: "a note", case: makeCase(target, 5, index) })).toBe(text);
        expect(encodeCase(decodeCase(text))).toBe(text);
      }
    });
  },
);
