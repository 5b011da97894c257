// What a run finds wrong, and the few ways to say so.
import { isDeepStrictEqual } from "node:util";
import { inspect } from "node:util";

/** The rules that a target is judged by. */
export type Oracle =
  /** It threw what it does not document, or something was thrown behind its back. */
  | "exception"
  /** The same bytes, cut otherwise, came to something else. */
  | "recut"
  /** The reference reads the bytes differently. */
  | "differential"
  /** What the endpoint wrote is not valid for its peer. */
  | "output"
  /** A documented invariant does not hold. */
  | "invariant"
  /** It took more memory than the bytes justify. */
  | "memory"
  /** It took more steps than the bytes justify. */
  | "steps";

export class Finding extends Error {
  override readonly name = "Finding";
  readonly oracle: Oracle;

  constructor(oracle: Oracle, message: string, cause?: unknown) {
    super(`${oracle}: ${message}`, { cause });
    this.oracle = oracle;
  }
}

export function check(oracle: Oracle, holds: boolean, message: string | (() => string)): void {
  if (!holds) throw new Finding(oracle, typeof message === "string" ? message : message());
}

export function checkEqual(oracle: Oracle, what: string, got: unknown, expected: unknown): void {
  if (isDeepStrictEqual(got, expected)) return;
  throw new Finding(oracle, `${what}: expected ${show(expected)}, got ${show(got)}`);
}

/** Whatever escaped a target that is not a finding yet becomes one. */
export function asFinding(thrown: unknown): Finding {
  if (thrown instanceof Finding) return thrown;
  const what = thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : inspect(thrown);
  return new Finding("exception", what, thrown);
}

function show(value: unknown): string {
  const text = inspect(value, { depth: 6, breakLength: Infinity, maxArrayLength: 40, maxStringLength: 200 });
  return text.length > 1500 ? `${text.slice(0, 1500)}…` : text;
}
