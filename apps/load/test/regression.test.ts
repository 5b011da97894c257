import { describe, expect, it } from "vitest";
import { regress } from "../src/soak/regression.ts";

describe("regress", () => {
  it("finds the slope of a straight line, without error", () => {
    const { slope, standardError } = regress([1, 2, 3, 4].map((x) => ({ x, y: 3 * x + 7 })));
    expect(slope).toBeCloseTo(3);
    expect(standardError).toBeCloseTo(0);
  });

  it("finds none where values only go up and down, and says how sure that is", () => {
    const { slope, standardError } = regress([5, 6, 5, 6, 5, 6, 5].map((y, x) => ({ x, y })));
    expect(Math.abs(slope)).toBeLessThan(2 * standardError);
  });

  it("knows nothing of two points", () => {
    expect(regress([1, 2].map((x) => ({ x, y: x }))).standardError).toBe(Infinity);
  });
});
