// The cases of the conformance suite, as it registers them. Most are made by loops, so the registry is asked, not read.
import { selectCases } from "@ws/conformance";
import type { Role } from "./requirement.ts";

export interface ConformanceCase {
  /** `6455-5.2-rsv-001-text` */
  readonly id: string;
  /** `RFC 6455 §5.2`, or several. */
  readonly section: string;
  /** Which roles it can be played against. */
  readonly roles: readonly Role[];
}

export function conformanceCases(): ConformanceCase[] {
  const cases = new Map<string, { id: string; section: string; roles: Role[] }>();
  for (const role of ["server", "client"] as const) {
    for (const { id, section } of selectCases({ role, form: "long" })) {
      const one = cases.get(id) ?? { id, section, roles: [] };
      one.roles.push(role);
      cases.set(id, one);
    }
  }
  return [...cases.values()];
}
