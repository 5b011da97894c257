// The examples: each can be found, started and tested, and stays small enough to be read.
import { existsSync, readFileSync } from "node:fs";
import { basename, join, relative } from "node:path";
import { describe, expect, it } from "vitest";
import { filesBelow, members, root } from "../members.ts";

/** What the tests of several examples share. */
const SUPPORT = "example-support";
/** Of one file: what does not fit on two screens is no example. */
const MAX_LINES = 100;

const examples = members("apps/examples").filter(({ manifest }) => manifest.name !== SUPPORT);
const index = readFileSync(join(root, "docs/examples.md"), "utf8");

describe.each(examples)("the example $manifest.name", ({ folder, manifest }) => {
  const name = basename(folder);

  it("is called by its folder, and can be started and tested", () => {
    expect(manifest.name).toBe(`example-${name}`);
    expect(manifest.private).toBe(true);
    expect(Object.keys(manifest.scripts ?? {})).toEqual(
      expect.arrayContaining(["build", "start", "types", "test"]),
    );
    expect(filesBelow(join(folder, "test"), /\.test\.ts$/).length).toBeGreaterThan(0);
  });

  it("is in the list, and says in a README how it is started and what to look at", () => {
    expect(index).toContain(`(../apps/examples/${name})`);
    const path = join(folder, "README.md");
    expect(existsSync(path), relative(root, path)).toBe(true);
    const readme = readFileSync(path, "utf8");
    expect(readme).toContain(`pnpm --filter ${manifest.name} start`);
    expect(readme).toContain("- Next: ");
  });

  it("stays small", () => {
    for (const part of ["src", "web"]) {
      for (const file of filesBelow(join(folder, part), /\.(?:tsx?|html)$/)) {
        const lines = readFileSync(join(root, file), "utf8").split("\n").length;
        expect(lines, file).toBeLessThanOrEqual(MAX_LINES);
      }
    }
  });
});
