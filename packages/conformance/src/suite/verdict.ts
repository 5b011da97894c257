// The four verdicts, and the judgement that collects what speaks for and against the peer while a case runs.

/**
 * - `ok`: what the RFC asks for
 * - `non-strict`: the outcome is safe, yet the code, the moment or the manner is not what the RFC names
 * - `failed`: a MUST or MUST NOT is broken
 * - `not offered`: the peer has not got the feature, or did not agree to use it
 */
export const verdicts = ["ok", "non-strict", "failed", "not offered"] as const;
/** What comes of a case, from good to bad, and `not offered` for what there was nothing to judge of. */
export type Verdict = (typeof verdicts)[number];

/** One thing that was found in a case. */
export interface Remark {
  readonly verdict: Verdict;
  readonly text: string;
}

/** Thrown to leave a case whose verdict is already in the judgement. */
export class CaseEnded extends Error {
  override readonly name = "CaseEnded";
}

export class Judgement {
  readonly #remarks: Remark[] = [];
  readonly #seen: string[] = [];

  get remarks(): readonly Remark[] {
    return this.#remarks;
  }

  /** What the peer did, in the order it did it. */
  get got(): string {
    const shown =
      this.#seen.length > 6 ? [...this.#seen.slice(0, 3), "…", ...this.#seen.slice(-2)] : this.#seen;
    return shown.join(", ");
  }

  /** The gravest remark decides. */
  get verdict(): Verdict {
    const has = (verdict: Verdict): boolean => this.#remarks.some((remark) => remark.verdict === verdict);
    if (has("failed")) return "failed";
    if (has("not offered")) return "not offered";
    return has("non-strict") ? "non-strict" : "ok";
  }

  saw(what: string): void {
    this.#seen.push(what);
  }

  /** Worth knowing, and allowed. */
  note(text: string): void {
    this.#add("ok", text);
  }

  nonStrict(text: string): void {
    this.#add("non-strict", text);
  }

  failed(text: string): void {
    this.#add("failed", text);
  }

  fail(text: string): never {
    this.#add("failed", text);
    throw new CaseEnded(text);
  }

  notOffered(text: string): never {
    this.#add("not offered", text);
    throw new CaseEnded(text);
  }

  #add(verdict: Verdict, text: string): void {
    if (this.#remarks.length < 50 && !this.#remarks.some((remark) => remark.text === text)) {
      this.#remarks.push({ verdict, text });
    }
  }
}
