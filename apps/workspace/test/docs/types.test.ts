// The code of every document compiles against what the packages publish: with the declarations that a build made of them.
import { execFile } from "node:child_process";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { root } from "../members.ts";
import { type Block, blocksOf, complaints, documents, writeProject } from "./checked-blocks.ts";

const workspace = join(dirname(fileURLToPath(import.meta.url)), "../..");
const installed = join(workspace, "node_modules");

/** Those that are no module of ours, and why. */
const UNCHECKED: Readonly<Record<string, string>> = {
  "docs/guides/from-socket-io.md": "Socket.IO's own API, to be compared with ours",
  "packages/testing/README.md": "stands in the test runner of whoever reads it",
};

const blocks = (await Promise.all(documents().map(blocksOf))).flat();

/** What the compiler says of blocks, as its own lines. */
async function compile(name: string, checked: readonly Block[]): Promise<string[]> {
  const folder = join(workspace, ".vitest", name);
  await writeProject(folder, installed, checked);
  const tsc = join(root, "node_modules/typescript/bin/tsc");
  const output = await new Promise<string>((resolve) =>
    execFile(process.execPath, [tsc, "--pretty", "false"], { cwd: folder }, (_, stdout, stderr) =>
      resolve(stdout + stderr),
    ),
  );
  return complaints(output, checked);
}

describe("the code blocks of all documents", () => {
  it("are called ts or js", () => {
    expect(new Set(blocks.map(({ language }) => language))).toEqual(new Set(["ts", "js"]));
    expect(blocks.length).toBeGreaterThan(100);
  });

  it("are checked, but for those that say why not", () => {
    const unchecked = new Set(blocks.filter(({ isUnchecked }) => isUnchecked).map(({ page }) => page));
    expect([...unchecked].toSorted()).toEqual(Object.keys(UNCHECKED).toSorted());
  });

  it("compile", async () => {
    const checked = blocks.filter(({ isUnchecked }) => !isUnchecked);
    expect(await compile("checked-blocks", checked)).toEqual([]);
  }, 120_000);

  it("would not compile with an option or a name that there is not", async () => {
    const code = `import { WebSocketServer, Nothing } from "@ws/server";\n\nnew WebSocketServer({ prot: 8080 });\n`;
    const block = { page: "docs/a.md", line: 10, language: "ts", isUnchecked: false, code };
    const said = await compile("wrong-blocks", [block]);
    expect(said).toContainEqual(expect.stringMatching(/^docs\/a\.md:10 .*has no exported member 'Nothing'/));
    expect(said).toContainEqual(expect.stringMatching(/^docs\/a\.md:12 .*'prot'/));
  }, 120_000);
});
