// The results of one role of one implementation in one setting, what they come to, and the counts every report starts from.
import type { Role } from "../role.ts";
import { type Group, groups } from "../suite/case.ts";
import type { CaseResult } from "../suite/run-case.ts";
import { type Verdict, verdicts } from "../suite/verdict.ts";

/** What came of one endpoint. */
export interface RunReport {
  /** The endpoint under test, for a reader: a URL or a name. */
  readonly target: string;
  readonly role: Role;
  /** How it was run, where there are several ways; may be empty. */
  readonly setting: string;
  /** One for each case that was played, in the order of the cases. */
  readonly results: readonly CaseResult[];
  readonly durationMs: number;
}

/** How many cases have each verdict. */
export type Counts = Record<Verdict, number>;

/** How many results there are of each verdict, 0 where there is none. */
export function countVerdicts(results: readonly CaseResult[]): Counts {
  const counts = Object.fromEntries(verdicts.map((verdict) => [verdict, 0])) as Counts;
  for (const { verdict } of results) counts[verdict]++;
  return counts;
}

/** The groups that have results, in order. */
export function byGroup(results: readonly CaseResult[]): { group: Group; results: CaseResult[] }[] {
  return groups
    .map((group) => ({ group, results: results.filter((result) => result.case.group === group) }))
    .filter((part) => part.results.length > 0);
}

/** Whether every MUST and MUST NOT held that was looked at: no case is `failed`. */
export function isConformant({ results }: RunReport): boolean {
  return results.every(({ verdict }) => verdict !== "failed");
}

/** Whether there is nothing to complain about at all: no case is `failed` or `non-strict`. */
export function isStrict({ results }: RunReport): boolean {
  return results.every(({ verdict }) => verdict !== "failed" && verdict !== "non-strict");
}

export function titleOf({ target, role, setting }: RunReport): string {
  return `${target}, ${role}${setting === "" ? "" : `, ${setting}`}`;
}
