// A copy of the repository that mutants may be written into: nobody's editor, watcher or test run sees them.
import { execFileSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, realpathSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));
const bins = [join(root, ".tools/node_modules/.bin"), join(root, "node_modules/.bin")];

/** The environment in which pnpm is found. */
export const environment = { ...process.env, PATH: [...bins, process.env.PATH].join(delimiter) };

/** An empty folder that {@link checkOut} can fill. */
export function emptyFolder() {
  // Real: on macOS the temporary folder is a link, and the runner compares paths.
  return realpathSync(mkdtempSync(join(tmpdir(), "mutation-")));
}

/** Copies what git knows and what it would offer to add into the folder, and installs the dependencies there. */
export function checkOut(folder) {
  const listed = execFileSync("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], {
    cwd: root,
    encoding: "utf8",
    maxBuffer: 64 * 1024 * 1024,
  });
  for (const path of listed.split("\0")) {
    // Listed but deleted: not committed yet.
    if (path === "" || !existsSync(join(root, path))) continue;
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    copyFileSync(join(root, path), join(folder, path));
  }
  // Not frozen: a member that somebody is just adding need not be in the lock file yet.
  execFileSync("pnpm", ["install", "--no-frozen-lockfile", "--prefer-offline", "--reporter=append-only"], {
    cwd: folder,
    env: environment,
    stdio: "inherit",
    shell: process.platform === "win32",
  });
}
