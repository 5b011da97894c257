// The code of the READMEs and of all documents is run: it works, and prints what it says it prints.
import { existsSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { hasProgram, startProxy } from "../behaviour/programs.ts";
import { filesBelow, members, root } from "../members.ts";
import { codeBlocks, promises, runBlock } from "./code-blocks.ts";

/** Some documents have prose only. */
const documentsWithCode = filesBelow(join(root, "docs"), /\.md$/).filter((file) =>
  readFileSync(join(root, file), "utf8").includes("```ts\n"),
);

const readmes = [
  "README.md",
  ...members("packages").map(({ folder }) => join(relative(root, folder), "README.md")),
  ...documentsWithCode,
].toSorted();

const REDIS = "/usr/bin/redis-server";

/** Has a Redis for a block that asks the environment where it is. */
async function startRedis(): Promise<void> {
  const redis = await startProxy(
    REDIS,
    (_, socket) => `port 0\nunixsocket ${socket}\nsave ""\n`,
    (folder, config) => [config, "--dir", folder],
  );
  process.env["REDIS_URL"] = `unix:${redis.socketPath}`;
  onTestFinished(() => redis.stop());
}

it.for(readmes)("%s › its code runs, block after block, and prints what it says", async (file, context) => {
  expect(existsSync(join(root, file))).toBe(true);
  const blocks = await codeBlocks(file, "ts");
  expect(blocks.length).toBeGreaterThan(0);
  if (blocks.some((block) => block.includes("REDIS_URL"))) {
    context.skip(!hasProgram(REDIS), "there is no Redis");
    await startRedis();
  }
  for (const [i, block] of blocks.entries()) {
    // One call in a loop may print several lines, so lines do not count.
    expect((await runBlock(`${file} ${i}`, block)).join(" ")).toBe(promises(block).join(" "));
  }
});
