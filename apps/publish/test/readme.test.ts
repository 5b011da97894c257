import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { neededPackages, readmeBlocks } from "../src/readme.ts";
import { runReadme } from "../src/readme-run.ts";
import { thisNode } from "../src/runtimes.ts";

async function project(readme: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "readme-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  await writeFile(join(folder, "README.md"), readme);
  return folder;
}

const README = `
\`\`\`ts
import { once } from "node:events";
import { a } from "@ws/a/part";
import b from "b";
console.log("one"); // → one
for (const n of [1, 2]) console.log(n); // 1 2
listen(8080);
\`\`\`

\`\`\`js
console.log("for another runner"); // → not run
\`\`\`
`;

it("finds the code, what it prints and what it needs, and frees its ports", async () => {
  const blocks = await readmeBlocks(await project(README));
  expect(blocks.map(({ prints }) => prints)).toEqual(["one 1 2"]);
  expect(blocks[0]!.code).toMatch(/listen\(\d{4,5}\)/);
  expect(blocks[0]!.code).not.toContain("8080");
  expect(neededPackages(blocks)).toEqual(["@ws/a", "b"]);
});

it.each([
  ["const x: number = 1;\nconsole.log(x); // → 1", ""],
  ["console.log(2); // → 3", "block 1 prints “2” and not “3”"],
  ["throw new RangeError('broken');", expect.stringContaining("RangeError: broken")],
  // A server that is still listening does not hold it up.
  ["setInterval(() => {}, 1000);\nconsole.log('goes on'); // → goes on", ""],
])("runs it: %s", async (code, why) => {
  const folder = await project(`\`\`\`ts\n${code}\n\`\`\`\n`);
  expect((await runReadme(folder, await readmeBlocks(folder), thisNode)).why).toEqual(why);
});
