// The time of the feed.

/** Milliseconds since 1970, with fractions: frames of one millisecond keep their order. */
export function now(): number {
  return performance.timeOrigin + performance.now();
}
