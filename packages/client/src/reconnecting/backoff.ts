// How long to wait before the next attempt: exponential, and all of it random ("full jitter"), so that the clients of a
// server that restarts come back spread over the time and not all at once. Pure.

/** What a {@link backoffMs} is made of. */
export interface Backoff {
  readonly baseDelayMs: number;
  readonly maxDelayMs: number;
}

/**
 * @param failures how many attempts have failed in a row, from 1
 * @param random a number from 0 up to and not including 1
 * @returns whole milliseconds, below `baseDelayMs` doubled for each failure after the first, `maxDelayMs` at most
 */
export function backoffMs(failures: number, { baseDelayMs, maxDelayMs }: Backoff, random: number): number {
  return Math.floor(random * Math.min(maxDelayMs, baseDelayMs * 2 ** (failures - 1)));
}
