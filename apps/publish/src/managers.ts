// Package managers: how each installs into an empty project, from our registry and from nowhere else.
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { artefacts } from "./packages.ts";
import { type Outcome, runCommand } from "./run-command.ts";
import { tool } from "./tools.ts";

export interface Manager {
  readonly name: string;
  /** Adds what `npm install` would be given. */
  install(project: string, specifiers: readonly string[], registry: string): Promise<Outcome>;
}

const node = process.execPath;

export const managers: readonly Manager[] = [
  {
    name: "npm",
    install: (cwd, specifiers, registry) =>
      runCommand(
        "npm",
        ["install", "--prefer-offline", "--no-audit", "--no-fund", "--registry", registry, ...specifiers],
        { cwd, env: cache("npm_config_cache", "npm") },
      ),
  },
  {
    name: "pnpm",
    install: async (cwd, specifiers, registry) => {
      // Otherwise it would look for a workspace further up.
      await writeFile(join(cwd, "pnpm-workspace.yaml"), "packages: []\n");
      const args = ["add", "--ignore-workspace-root-check", "--registry", registry];
      const dirs = [
        "--store-dir",
        join(artefacts, "caches/pnpm"),
        "--cache-dir",
        join(artefacts, "caches/pnpm-meta"),
      ];
      return runCommand("pnpm", [...args, ...dirs, ...specifiers], { cwd, env: { CI: "true" } });
    },
  },
  {
    name: "yarn 1",
    install: async (cwd, specifiers, registry) => {
      // Yarn 1 takes whatever manifest it finds further up for a workspace's.
      await writeFile(join(cwd, ".yarnrc"), `registry "${registry}"\n`);
      const args = [
        tool("yarn/bin/yarn.js"),
        "add",
        "--non-interactive",
        "--no-default-rc",
        "--use-yarnrc",
        ".yarnrc",
      ];
      return runCommand(node, [...args, "--registry", registry, ...specifiers], {
        cwd,
        env: { ...cache("YARN_CACHE_FOLDER", "yarn-1"), npm_config_registry: registry },
      });
    },
  },
  {
    name: "yarn 4",
    install: async (cwd, specifiers, registry) => {
      await writeFile(
        join(cwd, ".yarnrc.yml"),
        [
          "nodeLinker: node-modules",
          `npmRegistryServer: "${registry}"`,
          "unsafeHttpWhitelist: ['127.0.0.1']",
          "enableTelemetry: false",
          "enableGlobalCache: false",
          // Where it would else remember what this registry said the last time.
          `globalFolder: ${JSON.stringify(join(artefacts, "caches/yarn-4-global"))}`,
          `cacheFolder: ${JSON.stringify(join(artefacts, "caches/yarn-4"))}`,
          // Packages that were published a minute ago are what this is about.
          "npmMinimalAgeGate: 0",
          "",
        ].join("\n"),
      );
      await writeFile(join(cwd, "yarn.lock"), "");
      return runCommand(node, [tool("@yarnpkg/cli-dist/bin/yarn.js"), "add", ...specifiers], {
        cwd,
        env: { CI: "", YARN_ENABLE_IMMUTABLE_INSTALLS: "false" },
      });
    },
  },
];

/** An empty project, as `npm init` would leave it. */
export async function emptyProject(folder: string, isModule = false): Promise<string> {
  await mkdir(folder, { recursive: true });
  const manifest = { name: "empty", version: "1.0.0", private: true, ...(isModule && { type: "module" }) };
  await writeFile(join(folder, "package.json"), `${JSON.stringify(manifest)}\n`);
  return folder;
}

function cache(variable: string, name: string): Record<string, string> {
  return { [variable]: join(artefacts, "caches", name) };
}
