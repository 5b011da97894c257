// How long to wait before the next attempt. The whole wait is random ("full jitter"), so that the pages of a server
// that restarts come back spread over time and not all at once.

const BASE_MS = 500;
const CAP_MS = 20_000;

/**
 * @param attempt 0 for the first attempt after a break
 * @param random a number from 0 to 1
 */
export function backoffMs(attempt: number, random: () => number = Math.random): number {
  const ceiling = Math.min(CAP_MS, BASE_MS * 2 ** Math.min(attempt, 20));
  return Math.round(random() * ceiling);
}
