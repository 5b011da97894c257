// Which rows of a long list are drawn: those in sight and some around them. Heights are what was measured, and a guess for rows that were
// never drawn. Pure; knows no page.

/** A row that nobody has measured. */
const GUESS_PX = 48;

export interface RowWindow {
  /** The first row that is drawn, and the one behind the last. */
  readonly start: number;
  readonly end: number;
  /** What stands for the rows before and behind. */
  readonly before: number;
  readonly after: number;
}

export class RowHeights {
  /** 0 for what was never measured. */
  #heights: number[] = [];

  /** There are so many rows now, `moved` of them new before the first one; fewer where it is negative. */
  resize(count: number, moved: number): void {
    if (moved > 0) this.#heights = Array.from<number>({ length: moved }).fill(0).concat(this.#heights);
    else if (moved < 0) this.#heights.splice(0, -moved);
    while (this.#heights.length < count) this.#heights.push(0);
    this.#heights.length = count;
  }

  /** Of another width all rows have another height. */
  forget(): void {
    this.#heights.fill(0);
  }

  set(row: number, px: number): void {
    if (row < this.#heights.length) this.#heights[row] = px;
  }

  /** Where a row begins. */
  offsetOf(row: number): number {
    let px = 0;
    for (let before = 0; before < row; before++) px += this.#heights[before] || GUESS_PX;
    return px;
  }

  /** @param top where the sight begins, from the top of the first row */
  window(top: number, viewPx: number, aroundPx: number): RowWindow {
    const heights = this.#heights;
    const from = top - aroundPx;
    const to = top + viewPx + aroundPx;
    let at = 0;
    let row = 0;
    for (; row < heights.length; row++) {
      const next = at + (heights[row] || GUESS_PX);
      if (next > from) break;
      at = next;
    }
    const start = row;
    const before = at;
    for (; row < heights.length && at < to; row++) at += heights[row] || GUESS_PX;
    const end = row;
    let after = 0;
    for (; row < heights.length; row++) after += heights[row] || GUESS_PX;
    return { start, end, before, after };
  }

  /** The last rows, so many that they fill the sight. */
  endWindow(viewPx: number, aroundPx: number): RowWindow {
    const heights = this.#heights;
    let start = heights.length;
    for (let px = 0; start > 0 && px < viewPx + aroundPx; start--) px += heights[start - 1] || GUESS_PX;
    let before = 0;
    for (let row = 0; row < start; row++) before += heights[row] || GUESS_PX;
    return { start, end: heights.length, before, after: 0 };
  }
}
