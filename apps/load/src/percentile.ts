// Percentiles of what was measured.

/** @returns NaN where nothing was measured */
export function percentile(values: readonly number[], percent: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(((sorted.length - 1) * percent) / 100)] ?? Number.NaN;
}

export interface Latency {
  readonly count: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
}

export function latencyOf(values: readonly number[]): Latency {
  const [p50Ms, p99Ms, maxMs] = [50, 99, 100].map((percent) => percentile(values, percent));
  return { count: values.length, p50Ms: p50Ms!, p99Ms: p99Ms!, maxMs: maxMs! };
}
