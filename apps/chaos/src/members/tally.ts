// What is counted over all members.

export interface Tally {
  published: number;
  acknowledged: number;
  /** Of the acknowledged: the engine had them already, from a time before that was not acknowledged. */
  repeated: number;
  /** Messages that were sent more than once. */
  retried: number;
  /** By the code of the error. */
  readonly failed: Record<string, number>;
  /** Connections that broke. */
  interruptions: number;
  /** Rooms that were joined again without a gap, and what had been missed in them. */
  recoveries: number;
  recovered: number;
  /** What no member may be told. */
  readonly faults: string[];
}

export function newTally(): Tally {
  return {
    published: 0,
    acknowledged: 0,
    repeated: 0,
    retried: 0,
    failed: {},
    interruptions: 0,
    recoveries: 0,
    recovered: 0,
    faults: [],
  };
}
