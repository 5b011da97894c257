// What does not work somewhere, and why. Each is tried all the same: one that works after all is reported too.

export interface KnownLimit {
  readonly runtime: string;
  readonly package: string;
  /** What fails. */
  readonly check: string;
  readonly why: string;
}

export const knownLimits: readonly KnownLimit[] = [];
