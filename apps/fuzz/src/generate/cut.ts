// How bytes are cut into chunks.
import type { Random } from "../random.ts";

export function randomCut(random: Random, length: number): number[] {
  switch (random.below(6)) {
    case 0:
      return [];
    case 1:
      return even(length, 1);
    case 2:
      return even(length, random.between(2, 9));
    case 3: {
      // Near the beginning, where the first header is.
      const first = random.between(1, 20);
      return [first, random.between(1, 20)];
    }
    default: {
      const sizes: number[] = [];
      for (let at = 0; at < length && sizes.length < 1000;) {
        const size = random.oneIn(3) ? random.between(1, 4) : random.between(1, 1 + Math.floor(length / 3));
        sizes.push(size);
        at += size;
      }
      return sizes;
    }
  }
}

/** Other ways to cut the same bytes: whole, byte by byte where that is not absurd, and in small odd pieces. */
export function recuts(length: number): number[][] {
  return [[], even(length, length <= 1500 ? 1 : 61), [...even(Math.min(length, 30), 3), 1, 126, 128]];
}

/** At most some thousand chunks; what is behind them comes in one. */
function even(length: number, size: number): number[] {
  return Array.from({ length: Math.min(4000, Math.ceil(length / size)) }, () => size);
}
