// How long round trips took, in buckets that each are 3 % wide: recording one is a few instructions.

const PER_DOUBLING = 24;
const LOWEST_MS = 0.001;
const BUCKETS = 30 * PER_DOUBLING;

export class Latencies {
  readonly #counts = new Uint32Array(BUCKETS);
  #total = 0;

  record(ms: number): void {
    const bucket = (Math.log2(Math.max(ms, LOWEST_MS) / LOWEST_MS) * PER_DOUBLING) | 0;
    this.#counts[Math.min(bucket, BUCKETS - 1)]!++;
    this.#total++;
  }

  clear(): void {
    this.#counts.fill(0);
    this.#total = 0;
  }

  /** In microseconds; NaN where nothing was recorded. */
  percentileUs(percent: number): number {
    if (this.#total === 0) return Number.NaN;
    let left = Math.max(1, Math.ceil((this.#total * percent) / 100));
    const bucket = this.#counts.findIndex((count) => (left -= count) <= 0);
    return LOWEST_MS * 1000 * 2 ** ((bucket + 0.5) / PER_DOUBLING);
  }
}
