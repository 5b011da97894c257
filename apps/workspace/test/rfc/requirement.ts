// What the lists of requirements are made of, and short ways to write one down.

export type Role = "client" | "server" | "both";
export type Level = "MUST" | "MUST NOT" | "SHOULD" | "SHOULD NOT";

export interface Requirement {
  readonly level: Level;
  /** Whom it binds. */
  readonly role: Role;
  /** The rule in one sentence: the RFC's own words between quotation marks, ours otherwise. */
  readonly text: string;
  /**
   * What shows that it is kept. `6455-5.2-rsv-001-text` is a case of the conformance suite, `6455-5.2-rsv-*` all that
   * begin so; anything else is a part of `file.test.ts › describe › test`.
   */
  readonly shownBy: readonly string[];
  /** Why it does not bind this stack. */
  readonly notOurs?: string;
  /** Why this stack does otherwise. */
  readonly deviates?: string;
}

/** One section of an RFC. Those that bind nobody are listed where comments or tests cite them. */
export interface Section {
  readonly section: string;
  readonly title: string;
  readonly requirements: readonly Requirement[];
}

export interface Rfc {
  readonly number: string;
  readonly title: string;
  readonly sections: readonly Section[];
}

type Shown = (role: Role, text: string, ...shownBy: readonly string[]) => Requirement;

export const must: Shown = (role, text, ...shownBy) => ({ level: "MUST", role, text, shownBy });
export const mustNot: Shown = (role, text, ...shownBy) => ({ level: "MUST NOT", role, text, shownBy });
export const should: Shown = (role, text, ...shownBy) => ({ level: "SHOULD", role, text, shownBy });
export const shouldNot: Shown = (role, text, ...shownBy) => ({ level: "SHOULD NOT", role, text, shownBy });

export function notOurs(level: Level, role: Role, text: string, reason: string): Requirement {
  return { level, role, text, shownBy: [], notOurs: reason };
}

export function deviation(level: Level, role: Role, text: string, reason: string): Requirement {
  return { level, role, text, shownBy: [], deviates: reason };
}

/** A section that binds nobody. */
export function informative(section: string, title: string): Section {
  return { section, title, requirements: [] };
}
