// One thing that is measured by itself.

export interface Case {
  readonly name: string;
  /** Of payload, for one run. */
  readonly bytes: number;
  /** How many of what is measured are in one run. Default: 1. */
  readonly count?: number;
  run(this: void): void;
}
