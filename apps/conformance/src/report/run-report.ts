// The results of one role of one implementation in one setting, and the counts every report starts from.
import type { Role } from "../role.ts";
import { type Group, groups } from "../suite/case.ts";
import type { CaseResult } from "../suite/run-case.ts";
import { type Verdict, verdicts } from "../suite/verdict.ts";

export interface RunReport {
  readonly target: string;
  readonly role: Role;
  readonly setting: string;
  readonly results: readonly CaseResult[];
  readonly durationMs: number;
}

export type Counts = Record<Verdict, number>;

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

/** Nothing to complain about. */
export function isClean(reports: readonly RunReport[]): boolean {
  return reports.every(({ results }) =>
    results.every(({ verdict }) => verdict === "ok" || verdict === "not offered"),
  );
}

export function titleOf({ target, role, setting }: RunReport): string {
  return `${target}, ${role}${setting === "" ? "" : `, ${setting}`}`;
}
