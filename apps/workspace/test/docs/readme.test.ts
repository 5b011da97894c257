// The code of the READMEs is run: it works, and prints what it says it prints.
import { existsSync } from "node:fs";
import { join, relative } from "node:path";
import { expect, it } from "vitest";
import { members, root } from "../members.ts";
import { codeBlocks, promises, runBlock } from "./code-blocks.ts";

const readmes = [
  "README.md",
  ...members("packages").map(({ folder }) => join(relative(root, folder), "README.md")),
];

it.each(readmes)("%s › its code runs, block after block, and prints what it says", async (file) => {
  expect(existsSync(join(root, file))).toBe(true);
  const blocks = await codeBlocks(file, "ts");
  expect(blocks.length).toBeGreaterThan(0);
  for (const [i, block] of blocks.entries()) {
    // One call in a loop may print several lines, so lines do not count.
    expect((await runBlock(`${file} ${i}`, block)).join(" ")).toBe(promises(block).join(" "));
  }
});
