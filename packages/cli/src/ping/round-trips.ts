// Round trips, counted and summed up.

export interface RoundTripSummary {
  readonly sent: number;
  readonly received: number;
  readonly minMs: number;
  readonly avgMs: number;
  readonly maxMs: number;
  /** Of the population: how far they lie from their average. */
  readonly stddevMs: number;
}

/** @returns numbers that are 0 where nothing came back */
export function summarise(sent: number, timesMs: readonly number[]): RoundTripSummary {
  const received = timesMs.length;
  if (received === 0) return { sent, received, minMs: 0, avgMs: 0, maxMs: 0, stddevMs: 0 };
  let minMs = Infinity;
  let maxMs = 0;
  let sum = 0;
  for (const time of timesMs) {
    minMs = Math.min(minMs, time);
    maxMs = Math.max(maxMs, time);
    sum += time;
  }
  const avgMs = sum / received;
  const variance = timesMs.reduce((total, time) => total + (time - avgMs) ** 2, 0) / received;
  return { sent, received, minMs, avgMs, maxMs, stddevMs: Math.sqrt(variance) };
}
