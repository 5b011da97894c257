// One package in empty projects, one for each package manager: installed alone, imported, required, type-checked, and its
// README run with what that imports; with npm's project on every runtime.
import { join } from "node:path";
import { type EngineServers, missingFor } from "./engine-servers.ts";
import { importAll, requireAll, type Resolution, typeCheck } from "./import-checks.ts";
import { emptyProject, type Manager } from "./managers.ts";
import type { Package } from "./packages.ts";
import { neededBeside, readmeBlocks } from "./readme.ts";
import { runReadme } from "./readme-run.ts";
import { judged, notTried, type Result } from "./result.ts";
import type { Runtime } from "./runtimes.ts";

export interface Setting {
  /** Where projects are made: outside of this repository, or they would find its settings. */
  readonly folder: string;
  readonly registry: string;
  /** Name and version → what to tell a package manager: ours by their version. */
  readonly versions: ReadonlyMap<string, string>;
  readonly env: Readonly<Record<string, string>>;
  readonly servers: EngineServers;
  readonly runtimes: readonly Runtime[];
}

const RESOLUTIONS: readonly Resolution[] = ["nodenext", "bundler"];

/** The folder in which a package is installed by a manager. */
export function projectOf({ folder }: Setting, name: string, manager: string): string {
  return join(folder, `${manager} ${name}`.replaceAll(/\W+/g, "-"));
}

export async function tryPackage(one: Package, manager: Manager, setting: Setting): Promise<Result[]> {
  const { name, entries } = one;
  const where = manager.name;
  const project = projectOf(setting, name, where);
  await emptyProject(project);
  const specifier = (needed: string): string => {
    const version = setting.versions.get(needed);
    return version === undefined ? needed : `${needed}@${version}`;
  };
  const installed = await manager.install(project, [specifier(name)], setting.registry);
  const results = [judged(where, name, "install", installed)];
  if (!installed.ok) return results;
  const blocks = await readmeBlocks(one.folder);
  const isNpm = where === "npm";
  const runtimes = isNpm ? setting.runtimes : setting.runtimes.slice(0, 1);

  // Entries that need an optional peer, as @ws/metrics/prometheus does, can be had once that is there.
  const peers = Object.keys(one.manifest.peerDependencies ?? {});
  const alone = peers.length === 0 ? entries : entries.slice(0, 1);
  for (const runtime of runtimes) {
    const place = isNpm ? runtime.name : where;
    results.push(judged(place, name, "import", await importAll(project, alone, runtime)));
    results.push(judged(place, name, "require", await requireAll(project, alone, runtime)));
  }

  const others = neededBeside(one, blocks).map((needed) => specifier(needed));
  const rest = [...others, "@types/node@20"];
  const completed = await manager.install(project, rest, setting.registry);
  results.push(judged(where, name, "install what its README imports", completed));
  if (!completed.ok) return results;

  for (const resolution of RESOLUTIONS) {
    const outcome = await typeCheck(project, entries, resolution);
    results.push(judged(where, name, `types (${resolution})`, outcome));
  }
  const missing = missingFor(blocks);
  for (const runtime of runtimes) {
    const place = isNpm ? runtime.name : where;
    if (missing !== undefined) results.push(notTried(place, name, "readme", missing));
    else {
      await setting.servers.reset();
      const outcome = await runReadme(project, blocks, runtime, setting.env);
      results.push(judged(place, name, "readme", outcome));
    }
  }
  return results;
}
