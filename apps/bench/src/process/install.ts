// Whom we compare with, installed by npm into a folder of their own that is not part of the repository: nobody who installs
// the repository downloads other people's runtimes.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { PEERS_FOLDER } from "../peers/installed.ts";

const { platform, arch } = process;
const BUN = `@oven/bun-${platform}-${arch === "arm64" ? "aarch64" : arch}`;
const DENO = `@deno/${platform}-${arch}${platform === "linux" ? "-glibc" : ""}`;
const NODE = `node-${platform}-${arch}`;

/** Exact, so that a run can be repeated. Those that are binaries go by what this machine is. */
const PACKAGES: Readonly<Record<string, string>> = {
  bufferutil: "4.1.0",
  "engine.io": "6.6.11",
  "socket.io": "4.8.4",
  undici: "7.30.0",
  ws: "8.23.0",
};
const BINARIES: Readonly<Record<string, string>> = {
  [BUN]: "1.4.5",
  [DENO]: "2.9.6",
  node20: `npm:${NODE}@20.20.2`,
  node22: `npm:${NODE}@22.23.3`,
  node24: `npm:${NODE}@24.21.0`,
};

export const BUN_FILE: string = join(PEERS_FOLDER, "node_modules", BUN, "bin/bun");
export const DENO_FILE: string = join(PEERS_FOLDER, "node_modules", DENO, "deno");

/** @throws Error where it is not installed */
export function nodeFile(major: number): string {
  if (process.versions.node.startsWith(`${major}.`)) return process.execPath;
  const file = join(PEERS_FOLDER, `node_modules/node${major}/bin/node`);
  if (!existsSync(file)) throw new Error(`Cannot run Node ${major}: it is not in ${PEERS_FOLDER}`);
  return file;
}

/** Installs what is not there yet, or is of another version. Nothing runs at install time. */
export function installPeers(): void {
  const manifest = `${JSON.stringify(
    {
      private: true,
      description: "What the benchmark compares with",
      dependencies: PACKAGES,
      // A platform that one of them has no binary for can measure the others.
      optionalDependencies: BINARIES,
    },
    null,
    2,
  )}\n`;
  const file = join(PEERS_FOLDER, "package.json");
  const isInstalled =
    existsSync(file) &&
    readFileSync(file, "utf8") === manifest &&
    existsSync(join(PEERS_FOLDER, "node_modules/ws"));
  if (isInstalled) return;
  mkdirSync(PEERS_FOLDER, { recursive: true });
  writeFileSync(file, manifest);
  console.log(`Installing whom we compare with into ${PEERS_FOLDER}`);
  const { status } = spawnSync(
    "npm",
    ["install", "--ignore-scripts", "--no-audit", "--no-fund", "--no-package-lock"],
    {
      cwd: PEERS_FOLDER,
      stdio: ["ignore", "inherit", "inherit"],
      shell: platform === "win32",
    },
  );
  if (status !== 0) throw new Error(`Cannot install whom we compare with: npm ended with ${status}`);
}

/** The version that is installed; `undefined` where it is not. */
export function versionOf(name: string): string | undefined {
  const folder = name === "@oven/bun" ? BUN : name === "@deno" ? DENO : name;
  const file = join(PEERS_FOLDER, "node_modules", folder, "package.json");
  if (!existsSync(file)) return undefined;
  return (JSON.parse(readFileSync(file, "utf8")) as { readonly version: string }).version;
}
