// What judging a server and judging a client have in common: which cases, how long, and whom to tell.
import { type Case, type Form, isPlayedOver } from "./suite/case.ts";
import { selectCases } from "./suite/registry.ts";
import type { CaseResult } from "./suite/run-case.ts";
import type { Role } from "./role.ts";

/** Hears of each result as it comes, how many there are now, and how many there will be. */
export type OnResult = (result: CaseResult, done: number, total: number) => void;

/** Which cases are played, and who is told. */
export interface JudgeOptions {
  /** Patterns of ids, of which one has to fit: `*` stands for anything, as in `6455-5.2-*`. Default: all. */
  readonly cases?: readonly string[] | undefined;
  /** `"short"` takes seconds, `"full"` up to a minute, `"long"` minutes. Default: `"full"`. */
  readonly form?: Form | undefined;
  /** How long a case may take that names no time of its own. Default: 5000. */
  readonly deadlineMs?: number | undefined;
  /** Default: nobody is told before the end. */
  readonly onResult?: OnResult | undefined;
}

/** @throws RangeError where there are none */
export function casesToPlay(role: Role, { cases, form }: JudgeOptions, http2: boolean): Case[] {
  const chosen = selectCases({ role, cases, form }).filter((one) => isPlayedOver(one, http2));
  if (chosen.length > 0) return chosen;
  const patterns = cases === undefined ? "" : `fits ${cases.join(", ")} and `;
  throw new RangeError(
    `Cannot judge a ${role}: no case ${patterns}is in this form over this version of HTTP`,
  );
}

/** Counts for {@link OnResult}; a case that is played again is counted once. */
export function counting(onResult: OnResult | undefined, total: number): (result: CaseResult) => void {
  const seen = new Set<string>();
  return (result) => onResult?.(result, seen.add(result.case.id).size, total);
}
