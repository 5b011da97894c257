// What the lists of threats and advisories are made of.

interface Shown {
  /** The files that see to it, from the root of the repository. */
  readonly code: readonly string[];
  /** What shows that it holds: parts of `file.test.ts › describe › test`, none only where `missing` says why. */
  readonly shownBy: readonly string[];
  /** What is not built yet, or not shown, and why. */
  readonly missing?: string;
}

export interface Threat extends Shown {
  readonly threat: string;
  readonly rule: string;
  /** What the tests measured, and what they would not let pass. */
  readonly bound: string;
}

export interface Advisory extends Shown {
  /** Its numbers, or a name where it has none; unless something is missing, the title of a test names each. */
  readonly ids: readonly string[];
  /** What went wrong in other implementations. */
  readonly elsewhere: string;
  /** Why it cannot go wrong here. */
  readonly here: string;
}
