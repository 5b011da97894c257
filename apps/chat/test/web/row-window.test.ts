import { describe, expect, it } from "vitest";
import { RowHeights } from "../../src/web/views/row-window.ts";

const rows = (count: number, px = 50): RowHeights => {
  const heights = new RowHeights();
  heights.resize(count, 0);
  for (let row = 0; row < count; row++) heights.set(row, px);
  return heights;
};

describe("rows that are drawn", () => {
  it("are those in sight and around it; the others are as high as they would be", () => {
    expect(rows(1000).window(10_000, 500, 100)).toEqual({
      start: 198,
      end: 212,
      before: 9900,
      after: 39_400,
    });
    expect(rows(1000).endWindow(500, 100)).toEqual({ start: 988, end: 1000, before: 49_400, after: 0 });
    expect(rows(3).window(0, 500, 100)).toEqual({ start: 0, end: 3, before: 0, after: 0 });
    expect(rows(0).window(0, 500, 100)).toEqual({ start: 0, end: 0, before: 0, after: 0 });
  });

  it("stay what they are when others come before them, or go", () => {
    const heights = rows(10, 100);
    heights.resize(12, 2);
    heights.set(0, 10);
    heights.set(1, 20);
    expect(heights.window(30, 100, 0)).toEqual({ start: 2, end: 3, before: 30, after: 900 });
    heights.resize(9, -3);
    expect(heights.window(0, 10_000, 0)).toEqual({ start: 0, end: 9, before: 0, after: 0 });
    expect(heights.window(850, 1, 0)).toEqual({ start: 8, end: 9, before: 800, after: 0 });
  });

  it("are guessed where nobody has measured, also after the width has changed", () => {
    const heights = rows(100, 1000);
    heights.forget();
    const { before, after } = heights.window(0, 10, 0);
    expect(before + after).toBeLessThan(100 * 100);
  });

  it("are found among 100,000", () => {
    const { start, end } = rows(100_000).window(4_000_000, 800, 800);
    expect([start, end]).toEqual([79_984, 80_032]);
  });
});
