// Runs the code of a README in a project, on any runtime: block after block in one process, as the reader's file would.
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { transform } from "esbuild";
import type { Block } from "./readme.ts";
import { type Outcome, runCommand } from "./run-command.ts";
import type { Runtime } from "./runtimes.ts";

/** What runs the blocks: it says what each printed, and ends although servers of theirs may still listen. */
const RUNNER = `
import { format } from "node:util";
const [, , ...files] = process.argv;
const log = console.log;
const printed = [];
for (const file of files) {
  const lines = [];
  console.log = (...values) => void lines.push(format(...values));
  await import(new URL(file, import.meta.url).href);
  printed.push(lines.join(" "));
}
log("PRINTED" + JSON.stringify(printed));
process.exit(0);
`;

export async function runReadme(
  project: string,
  blocks: readonly Block[],
  runtime: Runtime,
  env: Readonly<Record<string, string>> = {},
): Promise<Outcome> {
  const folder = join(project, `readme-${runtime.name.replaceAll(/\W/g, "-")}`);
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, "run.mjs"), RUNNER);
  const files: string[] = [];
  for (const [i, { code }] of blocks.entries()) {
    // Without an export of its own a block could not be a module everywhere.
    const source = `${code}\nexport {};\n`;
    const name = `block-${i}.${runtime.readsTypeScript ? "mts" : "mjs"}`;
    const text = runtime.readsTypeScript
      ? source
      : (await transform(source, { loader: "ts", target: "es2023" })).code;
    await writeFile(join(folder, name), text);
    files.push(`./${name}`);
  }
  const { command, args } = runtime;
  const outcome = await runCommand(command, [...args, join(folder, "run.mjs"), ...files], {
    cwd: project,
    env: { ...runtime.env, ...env, NODE_NO_WARNINGS: "1" },
    deadlineMs: 60_000,
  });
  if (!outcome.ok) return outcome;
  const line = outcome.stdout.split("\n").find((one) => one.startsWith("PRINTED")) ?? "PRINTED[]";
  const printed = JSON.parse(line.slice("PRINTED".length)) as string[];
  const wrong = blocks.findIndex(({ prints }, i) => prints !== printed[i]);
  if (wrong === -1) return outcome;
  const { prints } = blocks[wrong]!;
  return { ...outcome, ok: false, why: `block ${wrong + 1} prints “${printed[wrong]}” and not “${prints}”` };
}
