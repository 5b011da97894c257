// What must not be: a failure that nobody knows of, and a known one that is none any more.
import { type KnownLimit, knownLimits } from "./known-limits.ts";
import type { Result } from "./result.ts";

export function unexpected(
  results: readonly Result[],
  limits: readonly KnownLimit[] = knownLimits,
): string[] {
  return results.flatMap((result) => {
    const limit = limitOf(result, limits);
    const name = `${result.package} › ${result.where} › ${result.check}`;
    if (result.verdict === "fails" && limit === undefined) return [`${name}: ${result.why}`];
    if (result.verdict === "works" && limit !== undefined)
      return [`${name} works: take it out of known-limits.ts`];
    return [];
  });
}

export function limitOf(
  { where, package: name, check }: Result,
  limits: readonly KnownLimit[] = knownLimits,
): KnownLimit | undefined {
  return limits.find((limit) => limit.runtime === where && limit.package === name && limit.check === check);
}
