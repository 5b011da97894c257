// pnpm mutation [package…]: mutates the packages named, or all, in a copy of the repository, one after another.
import { spawnSync } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { checkOut, emptyFolder, environment } from "./checkout.mjs";
import { configuration } from "./configuration.mjs";
import { subjects } from "./subjects.mjs";

const names = process.argv.length > 2 ? process.argv.slice(2) : Object.keys(subjects);
const unknown = names.find((name) => subjects[name] === undefined);
if (unknown !== undefined) {
  console.error(`Cannot mutate ${unknown}: it must be one of ${Object.keys(subjects).join(", ")}`);
  process.exit(2);
}

// An interrupt ends the child; we then go on to clean up.
process.on("SIGINT", () => {});
const folder = emptyFolder();
let worst = 0;
try {
  checkOut(folder);
  for (const name of names) worst = Math.max(worst, mutate(name));
} finally {
  rmSync(folder, { recursive: true, force: true });
}
process.exitCode = worst;

/** Returns the exit code: 1 where fewer than 85 % of the mutants died. */
function mutate(name) {
  const artefacts = fileURLToPath(new URL(`.artefacts/${name}`, import.meta.url));
  mkdirSync(artefacts, { recursive: true });
  const cwd = join(folder, "packages", name);
  writeFileSync(
    join(cwd, "stryker.config.json"),
    JSON.stringify(configuration(subjects[name].mutate, artefacts)),
  );
  const stryker = join(folder, "apps/mutation/node_modules/@stryker-mutator/core/bin/stryker.js");
  const { status, signal, error } = spawnSync(process.execPath, [stryker, "run", "--force", "--mutate", "src/reason-phrase.ts,src/header-lines.ts,src/encode-head.ts"], {
    cwd,
    env: environment,
    stdio: "inherit",
  });
  if (error !== undefined) throw error;
  if (status === null) throw new Error(`Cannot mutate ${name}: ended by ${signal}`);
  return status;
}
