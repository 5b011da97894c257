// What the README says that commands print is what they print, but for its numbers.
import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { beforeAll, describe, expect, it } from "vitest";
import { ourEcho } from "./echo-servers.ts";

const run = promisify(execFile);
const readme = await readFile(new URL("../README.md", import.meta.url), "utf8");
const program = fileURLToPath(new URL("../bin/wsc.js", import.meta.url));

/** The commands of each block, and what the README has below the last. */
const blocks = [...readme.matchAll(/^```console\n([\s\S]*?)^```$/gm)].map(([, block]) => {
  const lines = block!.trimEnd().split("\n");
  const commands = lines.filter((line) => line.startsWith("$ ")).map((line) => line.slice(2));
  return { commands, printed: lines.filter((line) => !line.startsWith("$ ")) };
});

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "wsc-"));
  await writeFile(join(folder, "wsc"), `#!/bin/sh\nexec "${process.execPath}" "${program}" "$@"\n`, {
    mode: 0o755,
  });
  return () => rm(folder, { recursive: true });
});

describe("README", () => {
  it("shows commands", () => {
    expect(blocks.length).toBeGreaterThan(3);
  });

  it.each(blocks)("is right about $commands", async ({ commands, printed }) => {
    const { port } = new URL(await ourEcho({ host: "localhost" }));
    const script = commands.join("\n").replaceAll("8080", port);
    const { stdout, stderr } = await run("/bin/sh", ["-ec", script], {
      cwd: folder,
      env: { PATH: `${folder}${delimiter}${process.env["PATH"]}` },
    });
    expect(stderr).toBe("");
    expect(numberless(stdout)).toBe(numberless(`${printed.join("\n")}\n`));
  });
});

/** Times and ports differ from run to run. */
function numberless(text: string): string {
  return text.replaceAll(/\d+(?:\.\d+)?/g, "0");
}
