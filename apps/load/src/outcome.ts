// What a scenario comes to: what it measured, and whether what must hold held.

export interface Check {
  readonly what: string;
  readonly measured: number | string;
  /** What it may be at most, or must be; where a check needs the words. */
  readonly bound?: number | string;
  readonly passed: boolean;
}

export interface Outcome<Result> {
  readonly result: Result;
  readonly checks: readonly Check[];
  /** For people: rows by name. */
  readonly table: Readonly<Record<string, Readonly<Record<string, number | string>>>>;
}

export function atMost(what: string, measured: number, bound: number): Check {
  return { what, measured, bound, passed: measured <= bound };
}

export function atLeast(what: string, measured: number, bound: number): Check {
  return { what, measured, bound: `at least ${bound}`, passed: measured >= bound };
}

/** @param lines what should not be there at all */
export function none(what: string, lines: readonly string[]): Check {
  const measured = lines.length === 0 ? "none" : `${lines.length}, such as: ${lines.slice(0, 3).join("; ")}`;
  return { what, measured, passed: lines.length === 0 };
}

export function exactly(what: string, measured: number | string, bound: number | string): Check {
  return { what, measured, bound, passed: measured === bound };
}
