// Every threat and every advisory has a test that exists, or says why it has none, and docs/security.md says which.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { root } from "../../members.ts";
import { testsNamed } from "../../rfc/evidence.ts";
import { testTitles } from "../../rfc/titles.ts";
import { advisories } from "./advisories.ts";
import { securityPage } from "./page.ts";
import { threats } from "./threats.ts";

const titles = testTitles();
const rows = [
  ...threats.map((row) => ({ name: row.threat, ...row })),
  ...advisories.map((row) => ({ name: row.ids.join(), ...row })),
];

describe("security map", () => {
  it("has every row once", () => {
    expect(rows.length).toBeGreaterThan(30);
    const names = [...threats.map(({ threat }) => threat), ...advisories.flatMap(({ ids }) => ids)];
    expect(names).toEqual([...new Set(names)]);
  });

  it("has a test for each row, or a reason why there is none", () => {
    const bare = rows.filter(({ shownBy, missing = "" }) => shownBy.length === 0 && missing === "");
    expect(bare.map(({ name }) => name)).toEqual([]);
  });

  it("names tests that exist", () => {
    const gone = rows.flatMap(({ name, shownBy }) =>
      shownBy
        .filter((wanted) => testsNamed(wanted, titles).length === 0)
        .map((wanted) => `“${wanted}” of ${name}`),
    );
    expect(gone, "renamed or removed: name its successor in apps/workspace/test/security/map").toEqual([]);
  });

  it("names files that exist", () => {
    const files = rows.flatMap(({ code }) => code);
    expect(files.filter((file) => !existsSync(join(root, file)))).toEqual([]);
  });

  it("has each advisory in the title of a test", () => {
    const ids = advisories.filter(({ missing }) => missing === undefined).flatMap((one) => one.ids);
    expect(ids.filter((id) => !titles.some(({ title }) => title.includes(id)))).toEqual([]);
  });

  it("is what docs/security.md says: after a change, run `vitest run test/security/map --update` in apps/workspace", async () => {
    const page = securityPage(threats, advisories, titles);
    await expect(page).toMatchFileSnapshot(join(root, "docs/security.md"));
  });
});
