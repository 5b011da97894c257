// pnpm publish-check: publishes every package to a registry of our own, installs each into empty projects, and tries it
// everywhere. `--only @ws/frame,@ws/client` takes some; `--managers npm,pnpm`; `--write` writes docs/support.md.
import { mkdir, mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { hasChromium, PageRunner } from "./browser.ts";
import { EngineServers } from "./engine-servers.ts";
import { CONSUMERS, packConsumers, tryInPlaceOfWs } from "./in-place-of-ws.ts";
import { managers } from "./managers.ts";
import { artefacts, type Package, publishedPackages } from "./packages.ts";
import { publish, startRegistry } from "./registry.ts";
import { judged, type Result } from "./result.ts";
import { runtimes } from "./runtimes.ts";
import { unexpected } from "./expectations.ts";
import { installedBytes } from "./sizes.ts";
import { packAll } from "./tarballs.ts";
import { installTools } from "./tools.ts";
import { type BrowserEntry, tryInBrowser } from "./try-browser.ts";
import { projectOf, type Setting, tryPackage } from "./try-package.ts";
import { type Weight, writeSupport } from "./write-support.ts";

const { values } = parseArgs({
  options: {
    only: { type: "string" },
    managers: { type: "string" },
    write: { type: "boolean", default: false },
  },
});
const packages = publishedPackages();
const chosen = packages.filter(({ name }) => values.only?.split(",").includes(name) ?? true);
const chosenManagers = managers.filter(({ name }) => values.managers?.split(",").includes(name) ?? true);
if (chosen.length === 0 || chosenManagers.length === 0)
  throw new RangeError("Cannot choose what does not exist");

await mkdir(artefacts, { recursive: true });
await installTools();
const folder = join(artefacts, "tarballs");
await rm(folder, { recursive: true, force: true });
await mkdir(folder);
const projects = await mkdtemp(join(tmpdir(), "publish-"));
const tarballs = await packAll(packages, folder);
const registry = await startRegistry();
// A manager must not take what it remembers of the last run: the version is the same, the content is not.
await rm(join(artefacts, "caches"), { recursive: true, force: true });
const results: Result[] = [];
const entries: BrowserEntry[] = [];
const weights = new Map<string, Weight>();
const runner = hasChromium ? await PageRunner.start() : undefined;
const chromium = runner?.version ?? "no browser";
try {
  const consumers = await packConsumers(projects);
  for (const tarball of [...tarballs.values(), ...consumers]) await publish(tarball, registry);
  console.log(`${tarballs.size} packages are published to ${registry.url}`);
  await using servers = new EngineServers();
  const versions = new Map(packages.map(({ name, manifest }) => [name, manifest.version]));
  const setting: Setting = {
    folder: projects,
    registry: registry.url,
    versions,
    env: await servers.start(),
    servers,
    runtimes,
  };
  for (const one of chosen) await tryEverywhere(one, setting);
} finally {
  await registry.close();
  await runner?.[Symbol.asyncDispose]();
  await rm(projects, { recursive: true, force: true });
}

const wrong = unexpected(results);
if (values.write) await writeSupport({ results, entries, weights, chromium }, packages);
for (const line of wrong) console.log(`✗ ${line}`);
const works = results.filter(({ verdict }) => verdict === "works").length;
console.log(`${works} of ${results.length} trials work; ${wrong.length} are not as expected`);
process.exit(wrong.length === 0 ? 0 : 1);

async function tryEverywhere(one: Package, setting: Setting): Promise<void> {
  const before = results.length;
  for (const manager of chosenManagers) results.push(...(await tryPackage(one, manager, setting)));
  if (one.name === "@ws/compat") await tryAsWs(setting);
  if (chosenManagers.some(({ name }) => name === "npm"))
    await tryWithNpm(one, projectOf(setting, one.name, "npm"));
  const failed = results.slice(before).filter(({ verdict }) => verdict === "fails");
  console.log(`${one.name}: ${results.length - before} trials, ${failed.length} fail`);
  for (const { where, check, why } of failed) console.log(`  ${where} › ${check}: ${why.split("\n")[0]}`);
}

/** In the place of `ws`, where others ask for that. */
async function tryAsWs(setting: Setting): Promise<void> {
  const name = "@ws/compat";
  for (const manager of chosenManagers) {
    const project = projectOf(setting, "ws", manager.name);
    const outcome = await tryInPlaceOfWs(project, manager, setting.registry, {
      alias: `npm:${name}@^${setting.versions.get(name)}`,
      consumers: CONSUMERS,
    });
    results.push(judged(manager.name, name, "in place of ws", outcome));
  }
}

/** What depends on nothing but what was installed, so once is enough. */
async function tryWithNpm(one: Package, project: string): Promise<void> {
  const { size } = await stat(tarballs.get(one.name)!);
  weights.set(one.name, { tarballBytes: size, gzipBytes: await installedBytes(project, one.entries) });
  if (runner === undefined) return;
  const trial = await tryInBrowser(one, project, runner);
  results.push(...trial.results);
  entries.push(...trial.entries);
}
