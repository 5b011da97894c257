// What one trial came to.
import type { Outcome } from "./run-command.ts";

export interface Result {
  readonly package: string;
  /** What it was tried with: a package manager, a runtime, a bundler. */
  readonly where: string;
  /** What was tried: `install`, `import`, `require`, `types (nodenext)`, `readme`, `browser`. */
  readonly check: string;
  readonly verdict: "works" | "fails" | "not tried";
  /** Why it fails, or was not tried. */
  readonly why: string;
}

export function judged(
  where: string,
  name: string,
  check: string,
  { ok, why }: Pick<Outcome, "ok" | "why">,
): Result {
  return { package: name, where, check, verdict: ok ? "works" : "fails", why };
}

export function notTried(where: string, name: string, check: string, why: string): Result {
  return { package: name, where, check, verdict: "not tried", why };
}
