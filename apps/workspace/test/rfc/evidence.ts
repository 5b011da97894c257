// What a requirement says it is shown by, looked up among the tests and cases that exist.
import type { ConformanceCase } from "./cases.ts";
import { fileName } from "./markdown.ts";
import type { Requirement } from "./requirement.ts";
import type { TestTitle } from "./titles.ts";

export interface Evidence {
  readonly shownBy: string;
  readonly isCase: boolean;
  /** The files of the tests that match; none for cases. */
  readonly files: readonly string[];
  /** How many tests or cases match. */
  readonly count: number;
}

export interface Proof {
  readonly titles: readonly TestTitle[];
  readonly cases: readonly ConformanceCase[];
}

export function evidenceFor({ shownBy, role }: Requirement, { titles, cases }: Proof): Evidence[] {
  return shownBy.map((wanted) => {
    if (/^\d{4}-/.test(wanted)) {
      const pattern = globPattern(wanted);
      const found = cases.filter(
        ({ id, roles }) => pattern.test(id) && (role === "both" || roles.includes(role)),
      );
      return { shownBy: wanted, isCase: true, files: [], count: found.length };
    }
    const found = testsNamed(wanted, titles);
    const files = [...new Set(found.map(({ file }) => file))];
    return { shownBy: wanted, isCase: false, files, count: found.length };
  });
}

/** The tests that a part of `file.test.ts › describe › test` means. */
export function testsNamed(wanted: string, titles: readonly TestTitle[]): TestTitle[] {
  return titles.filter(({ file, title }) => `${fileName(file)} › ${title}`.includes(wanted));
}

function globPattern(glob: string): RegExp {
  const parts = glob.split("*").map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, String.raw`\$&`));
  return new RegExp(`^${parts.join(".*")}$`);
}
