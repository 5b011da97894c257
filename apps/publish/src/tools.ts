// The programs that packages are tried with: other Nodes, Bun, Deno, Yarn, a registry. A gigabyte that nothing else needs, so it
// is installed here, as its lock file says, when it is first asked for.
import { existsSync } from "node:fs";
import { copyFile, mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { artefacts, root } from "./packages.ts";
import { mustRun } from "./run-command.ts";

const source = join(root, "apps/publish/tools");
const target = join(artefacts, "tools");

export async function installTools(): Promise<void> {
  const wanted = await readFile(join(source, "package-lock.json"), "utf8");
  const installed = join(target, "node_modules", ".package-lock.json");
  const isCurrent =
    existsSync(installed) && (await readFile(join(target, "package-lock.json"), "utf8")) === wanted;
  if (isCurrent) return;
  await mkdir(target, { recursive: true });
  for (const name of ["package.json", "package-lock.json"])
    await copyFile(join(source, name), join(target, name));
  const args = ["ci", "--prefer-offline", "--ignore-scripts", "--no-audit", "--no-fund"];
  await mustRun("npm", args, { cwd: target, deadlineMs: 600_000 });
}

/** Which version of a runtime this is, as its package says. */
export async function toolVersion(runtime: string): Promise<string> {
  const folder = { Bun: "@oven/bun-linux-x64", Deno: "@deno/linux-x64-glibc" }[runtime];
  const path = tool(join(folder ?? runtime.toLowerCase().replace(" ", ""), "package.json"));
  return (JSON.parse(await readFile(path, "utf8")) as { version: string }).version;
}

/** The path of a file of a tool. */
export function tool(path: string): string {
  return join(target, "node_modules", path);
}
