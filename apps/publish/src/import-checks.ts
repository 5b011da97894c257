// Whether a package that was installed can be had: by import, by require, and by TypeScript in its two ways to resolve.
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { root } from "./packages.ts";
import { type Outcome, runCommand } from "./run-command.ts";
import type { Runtime } from "./runtimes.ts";

/** All entries by `import`, in a project without `"type"`. A word on stderr, such as a warning, is a failure. */
export async function importAll(
  project: string,
  entries: readonly string[],
  runtime: Runtime,
): Promise<Outcome> {
  const imports = entries.map((entry, i) => `import * as m${i} from "${entry}";`);
  const lists = entries.map((_, i) => `names(m${i})`);
  return listExports(project, runtime, "import.mjs", `${imports.join("\n")}\nprint([${lists.join(", ")}]);`);
}

/** All entries by `require`, from CommonJS. */
export async function requireAll(
  project: string,
  entries: readonly string[],
  runtime: Runtime,
): Promise<Outcome> {
  const lists = entries.map((entry) => `names(require("${entry}"))`);
  return listExports(project, runtime, "require.cjs", `print([${lists.join(", ")}]);`);
}

// A module may say by an export of this name what it is to `require`; others have it, and `__esModule`, only there.
const PRELUDE = `
function names(all) {
  return Object.keys(all["module.exports"] ?? all).filter((key) => key !== "__esModule" && key !== "module.exports").sort();
}
function print(lists) { console.log(JSON.stringify(lists)); }
`;

async function listExports(project: string, runtime: Runtime, file: string, code: string): Promise<Outcome> {
  const path = join(project, file);
  await writeFile(path, code.startsWith("import") ? code + PRELUDE : PRELUDE + code);
  const { command, args, env } = runtime;
  const outcome = await runCommand(command, [...args, path], {
    cwd: project,
    ...(env !== undefined && { env }),
  });
  if (!outcome.ok) return outcome;
  if (outcome.stderr !== "") return { ...outcome, ok: false, why: `it warns: ${outcome.stderr.trim()}` };
  const lists = JSON.parse(outcome.stdout) as string[][];
  const empty = lists.findIndex((names) => names.length === 0);
  return empty === -1 ? outcome : { ...outcome, ok: false, why: `entry ${empty + 1} exports nothing` };
}

const SETTINGS = {
  nodenext: ["--module", "nodenext", "--moduleResolution", "nodenext"],
  bundler: ["--module", "esnext", "--moduleResolution", "bundler"],
} as const;
export type Resolution = keyof typeof SETTINGS;

/** A small consumer in TypeScript, whose compiler looks into our declarations too; needs `@types/node` in the project. */
export async function typeCheck(
  project: string,
  entries: readonly string[],
  resolution: Resolution,
): Promise<Outcome> {
  const names = entries.map((_, i) => `Object.keys(m${i})`).join(", ");
  const end = `export const names: string[][] = [${names}];\n`;
  const imports = entries.map((entry, i) => `import * as m${i} from "${entry}";`);
  const requires = entries.map((entry, i) => `import m${i} = require("${entry}");`);
  await writeFile(join(project, "main.mts"), `${imports.join("\n")}\n${end}`);
  // TypeScript that becomes CommonJS; bundlers have no such thing.
  const files = ["main.mts"];
  if (resolution === "nodenext") {
    files.push("main.cts");
    await writeFile(join(project, "main.cts"), `${requires.join("\n")}\n${end}`);
  }
  const flags = ["--noEmit", "--strict", "--target", "es2023", "--types", "node"];
  const lib = ["--lib", "es2023,esnext.disposable,dom,dom.asynciterable"];
  const tsc = join(root, "node_modules/typescript/bin/tsc");
  const args = [tsc, ...flags, ...lib, ...SETTINGS[resolution], ...files];
  return runCommand(process.execPath, args, { cwd: project });
}
