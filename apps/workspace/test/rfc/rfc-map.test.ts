// Every MUST of the RFCs is shown by a test, and docs/rfc-map.md says by which. `pnpm rfc-map` rewrites it.
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { root } from "../members.ts";
import { conformanceCases } from "./cases.ts";
import { type Citation, citationsIn, codeCitations } from "./citations.ts";
import { evidenceFor, type Proof } from "./evidence.ts";
import { isOurs, rfcMap } from "./map.ts";
import { hasSection, rfcs } from "./rfcs.ts";
import { testTitles } from "./titles.ts";

const titles = testTitles();
const cases = conformanceCases();
const proof: Proof = { titles, cases };
const code = codeCitations();
const tests = titles.flatMap(({ file, title }) => citationsIn(file, title));

const requirements = rfcs.flatMap((rfc) =>
  rfc.sections.flatMap(({ section, requirements: all }) =>
    all.map((requirement) => ({
      ...requirement,
      where: `RFC ${rfc.number} §${section}: ${requirement.text}`,
    })),
  ),
);

describe("RFC map", () => {
  it("finds tests, cases and comments", () => {
    expect(titles.length).toBeGreaterThan(500);
    expect(cases.length).toBeGreaterThan(500);
    expect(code.length).toBeGreaterThan(100);
  });

  it("every MUST and MUST NOT that binds this stack is shown by a test or a case", () => {
    const missing = requirements
      .filter((one) => isOurs(one) && one.level.startsWith("MUST"))
      .filter((one) => evidenceFor(one, proof).every(({ count }) => count === 0));
    expect(
      missing.map(({ where }) => where),
      "write a test for each, and name it in apps/workspace/test/rfc",
    ).toEqual([]);
  });

  it("everything that a requirement is shown by exists", () => {
    const gone = requirements.flatMap((one) =>
      evidenceFor(one, proof)
        .filter(({ count }) => count === 0)
        .map(
          ({ shownBy, isCase }) => `${isCase ? `case for ${one.role}` : "test"} “${shownBy}” of ${one.where}`,
        ),
    );
    expect(gone, "renamed or removed: name its successor in apps/workspace/test/rfc").toEqual([]);
  });

  it("every section that code, tests and cases cite is listed", () => {
    const cited: Citation[] = [
      ...code,
      ...tests,
      ...cases.flatMap(({ id, section }) => citationsIn(`case ${id}`, section)),
    ];
    const unknown = new Map<string, Set<string>>();
    for (const { rfc, section, file } of cited.filter((one) => !hasSection(one.rfc, one.section))) {
      const name = `RFC ${rfc} §${section}`;
      unknown.set(name, (unknown.get(name) ?? new Set()).add(file));
    }
    expect(
      [...unknown].map(([name, files]) => `${name}, by ${[...files].join(", ")}`),
      "correct the number, or list the section in apps/workspace/test/rfc",
    ).toEqual([]);
  });

  it("lists each section once, and no requirement twice", () => {
    const sections = rfcs.flatMap((rfc) => rfc.sections.map(({ section }) => `${rfc.number} ${section}`));
    expect(sections).toEqual([...new Set(sections)]);
    const all = requirements.map(({ where, role }) => `${role} ${where}`);
    expect(all).toEqual([...new Set(all)]);
  });

  it("is what docs/rfc-map.md says: after a change, run `pnpm rfc-map`", async () => {
    await expect(rfcMap({ rfcs, code, tests, ...proof })).toMatchFileSnapshot(join(root, "docs/rfc-map.md"));
  });
});
