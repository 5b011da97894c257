// What a server's sockets look like inside is Node's own business: that each Node can be told to read them into one buffer
// is found out by doing it.
import { execFile } from "node:child_process";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, it } from "vitest";

const run = promisify(execFile);
const script = join(dirname(fileURLToPath(import.meta.url)), "shared-reads.mjs");

/** Other Nodes, from npm; only for the platform that they are built for. */
const others = ["node22", "node24"].flatMap((name) => {
  try {
    const manifest = createRequire(import.meta.url).resolve(`${name}/package.json`);
    return [{ name, node: join(dirname(manifest), "bin/node") }];
  } catch (error) {
    if (process.env["CI"] === "true") throw error;
    return [];
  }
});

it
  .skipIf(process.platform === "win32")
  .each([{ name: "the Node at hand", node: process.execPath }, ...others])(
  "one read buffer › serves all connections on $name, and changes no message that is kept",
  async ({ node }) => {
    const { stdout } = await run(node, [script]);
    expect(JSON.parse(stdout)).toEqual({ isEqual: true, isKept: true, isLent: true });
  },
  30_000,
);
