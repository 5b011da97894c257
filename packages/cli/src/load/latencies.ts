// Latencies of any number, in constant memory: percentiles from Node's histogram, and a drawing in steps of two.
import { createHistogram } from "node:perf_hooks";

/** A step of the drawing: at least `fromUs` microseconds, and less than twice that. */
export interface LatencyStep {
  readonly fromUs: number;
  readonly count: number;
}

export interface LatencySummary {
  readonly count: number;
  readonly minMs: number;
  readonly avgMs: number;
  readonly maxMs: number;
  readonly stddevMs: number;
  readonly p50Ms: number;
  readonly p90Ms: number;
  readonly p99Ms: number;
  readonly p999Ms: number;
}

/** Up to 2^31 µs, which is half an hour: no answer is waited for so long. */
const STEPS = 32;

export class Latencies {
  readonly #histogram = createHistogram();
  readonly #steps = Array.from({ length: STEPS }, () => 0);

  record(ms: number): void {
    const us = Math.max(1, Math.round(ms * 1000));
    this.#histogram.record(us);
    this.#steps[Math.min(STEPS - 1, Math.floor(Math.log2(us)))]! += 1;
  }

  /** The steps from the first to the last in which there is something. */
  get steps(): LatencyStep[] {
    const steps = this.#steps.map((count, i) => ({ fromUs: 2 ** i, count }));
    const first = steps.findIndex(({ count }) => count > 0);
    return first === -1 ? [] : steps.slice(first, steps.findLastIndex(({ count }) => count > 0) + 1);
  }

  get summary(): LatencySummary {
    const { count, min, mean, max, stddev } = this.#histogram;
    const ms = (us: number): number => (count === 0 ? 0 : Math.round(us) / 1000);
    const percentile = (percent: number): number => ms(this.#histogram.percentile(percent));
    return {
      count,
      minMs: ms(min),
      avgMs: ms(mean),
      maxMs: ms(max),
      stddevMs: ms(stddev),
      p50Ms: percentile(50),
      p90Ms: percentile(90),
      p99Ms: percentile(99),
      p999Ms: percentile(99.9),
    };
  }
}
