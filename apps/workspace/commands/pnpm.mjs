// Gets the pinned pnpm onto a machine that has only Node and npm, and installs the workspace with it.
// No dependencies: this runs before anything is installed.
import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("../../..", import.meta.url));

const tools = join(root, ".tools");
const bin = join(tools, "node_modules", ".bin");

/** The environment in which every command of the workspace runs: the pinned pnpm first on PATH. */
export const environment = {
  ...process.env,
  PATH: [bin, join(root, "node_modules", ".bin"), process.env.PATH].join(delimiter),
  TURBO_TELEMETRY_DISABLED: "1",
  DO_NOT_TRACK: "1",
};

/**
 * Runs a command in the root of the workspace, its output passed through.
 * Resolves with its exit code (128 + n where signal n ended it, as a shell would say).
 */
export function run(command, args) {
  const child = spawn(command, args, {
    cwd: root,
    env: environment,
    stdio: "inherit",
    // npm and pnpm are .cmd files on Windows, which only a shell can start.
    shell: process.platform === "win32",
  });
  // A terminal signals the whole group; a supervisor signals only us, so hand it on.
  const forward = (signal) => child.kill(signal);
  process.on("SIGINT", forward).on("SIGTERM", forward);
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code, signal) => {
      process.off("SIGINT", forward).off("SIGTERM", forward);
      resolve(code ?? 128 + (signal === "SIGINT" ? 2 : 15));
    });
  });
}

/** Installs pnpm (once) and the dependencies as the lock file says. */
export async function install() {
  const { packageManager } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const [specifier] = packageManager.split("+");
  const installed = join(tools, "node_modules", "pnpm", "package.json");
  const wanted = specifier.slice("pnpm@".length);
  if (!existsSync(installed) || JSON.parse(readFileSync(installed, "utf8")).version !== wanted) {
    await must("npm", ["install", "--prefix", tools, "--no-save", "--no-audit", "--no-fund", specifier]);
  }
  await must("pnpm", ["install", "--frozen-lockfile", "--prefer-offline", "--reporter=append-only"]);
}

/** Runs a command and ends this process with the command's exit code where it fails. */
export async function must(command, args) {
  const code = await run(command, args);
  if (code !== 0) {
    console.error(`${dirname(command) === "." ? command : "command"} ${args.join(" ")} ended with ${code}`);
    process.exit(code);
  }
}
