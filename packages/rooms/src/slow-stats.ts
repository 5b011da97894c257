// What slowness has cost: counted for a room, for a member while it is slow, and for all rooms together.

/** Numbers about slow members. */
export interface SlowStats {
  /** Members that are slow now; of one room those that were sent something there meanwhile. */
  readonly slow: number;
  /** Messages that wait now, each as often as there are members it waits for. */
  readonly waiting: number;
  /** Bytes of those messages; of text its UTF-16 code units. */
  readonly waitingBytes: number;
  /** Messages dropped so far, once for each member. */
  readonly dropped: number;
  /** Messages so far whose place a newer one with the same key took. */
  readonly conflated: number;
  /** Members closed so far. */
  readonly closed: number;
}

/** {@link SlowStats} where they are counted. */
export type SlowCounters = { -readonly [name in keyof SlowStats]: SlowStats[name] };

export function noCounts(): SlowCounters {
  return { slow: 0, waiting: 0, waitingBytes: 0, dropped: 0, conflated: 0, closed: 0 };
}
