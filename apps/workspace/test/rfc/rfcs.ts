// The RFCs whose requirements are mapped. A further one is a file of its own and a line here.
import type { Rfc } from "./requirement.ts";
import { rfc6455 } from "./rfc-6455.ts";
import { rfc7692 } from "./rfc-7692.ts";
import { rfc8441 } from "./rfc-8441.ts";

export const rfcs: readonly Rfc[] = [rfc6455, rfc7692, rfc8441];

/** By sections: 5.10 comes behind 5.9, and 5 before both. */
export function compareSections(left: string, right: string): number {
  return left.localeCompare(right, "en", { numeric: true });
}

/** Whether a section is listed. RFCs that are not mapped have every section. */
export function hasSection(number: string, section: string): boolean {
  const rfc = rfcs.find((one) => one.number === number);
  return rfc === undefined || rfc.sections.some((one) => one.section === section);
}
