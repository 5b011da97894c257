// Each package as a user gets it: packed, judged by the tools that people judge packages with, installed into an empty npm
// project, imported, required, type-checked, its README run there. `pnpm publish-check` does the same from a registry, with
// every package manager and on every runtime.
import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { checkPackage, createPackageFromTarballData } from "@arethetypeswrong/core";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { hasChromium, PageRunner } from "../src/browser.ts";
import { bundle, bundlers } from "../src/bundle.ts";
import { EngineServers, missingFor } from "../src/engine-servers.ts";
import { importAll, requireAll, typeCheck } from "../src/import-checks.ts";
import { complaintIn, packConsumers, tryInPlaceOfWs } from "../src/in-place-of-ws.ts";
import { emptyProject, managers } from "../src/managers.ts";
import { closure, publishedPackages, readManifest } from "../src/packages.ts";
import { addPage, pages } from "../src/pages.ts";
import { type Block, neededBeside, readmeBlocks } from "../src/readme.ts";
import { runReadme } from "../src/readme-run.ts";
import { budgetOf, installedBytes } from "../src/sizes.ts";
import { mustRun } from "../src/run-command.ts";
import { thisNode } from "../src/runtimes.ts";
import { packAll } from "../src/tarballs.ts";

const packages = publishedPackages();
let folder: string;
let tarballs: Map<string, string>;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "packed-"));
  tarballs = await packAll(packages, folder);
}, 120_000);

afterAll(() => rm(folder, { recursive: true }));

describe.each(packages)("$name packed", ({ name, entries, manifest }) => {
  let project: string;

  beforeAll(async () => {
    project = await emptyProject(join(folder, name.replace("/", "-")));
    const needed = closure(name, packages).map((dependency) => tarballs.get(dependency)!);
    const args = ["install", "--prefer-offline", "--no-audit", "--no-fund", ...needed];
    await mustRun("npm", args, { cwd: project });
  }, 120_000);

  it("has what it needs to, and the licence", async () => {
    const installed = join(project, "node_modules", name);
    expect(await readFile(join(installed, "LICENSE"), "utf8")).toContain("MIT License");
    expect(await readFile(join(installed, "README.md"), "utf8")).toContain(`# ${name}\n`);
    const packed = JSON.parse(await readFile(join(installed, "package.json"), "utf8")) as object;
    expect(JSON.stringify(packed)).not.toMatch(/workspace:|@ws\/source/);
  });

  it("is clean to publint", async () => {
    const data = await readFile(tarballs.get(name)!);
    const tarball = data.buffer.slice(data.byteOffset, data.byteOffset + data.length);
    const { messages, pkg } = await publint({ pack: { tarball }, strict: true });
    expect(messages.map((message) => formatMessage(message, pkg))).toEqual([]);
  });

  it("has types that are right, for what an ES module can be to others", async () => {
    const data = createPackageFromTarballData(new Uint8Array(await readFile(tarballs.get(name)!)));
    const result = await checkPackage(data);
    if (!result.types) throw new Error("There are no types");
    // What `attw --profile esm-only` leaves out: TypeScript before `exports`, and CommonJS before `require(esm)`.
    const old = new Set(["node10", "node16-cjs"]);
    const problems = result.problems.filter(
      (problem) => !("resolutionKind" in problem && old.has(problem.resolutionKind)),
    );
    expect(problems).toEqual([]);
  });

  it("works by import and by require, without a warning, with the same exports", async () => {
    // Those behind an optional peer need it there.
    const alone = manifest.peerDependencies === undefined ? entries : entries.slice(0, 1);
    const [imported, required] = [
      await importAll(project, alone, thisNode),
      await requireAll(project, alone, thisNode),
    ];
    expect([imported.why, required.why]).toEqual(["", ""]);
    expect(JSON.parse(required.stdout)).toEqual(JSON.parse(imported.stdout));
  });
});

describe("@ws/compat in the place of ws", () => {
  // The other managers need what only `pnpm publish-check` installs.
  it.each(managers.filter(({ name }) => name === "npm" || name === "pnpm"))(
    "is given by $name to what depends on ws, and to what has it as a peer",
    async (manager) => {
      const file = (name: string): string => `file:${tarballs.get(name)}`;
      const [, ...others] = closure("@ws/compat", packages);
      const project = join(folder, `${manager.name}-ws`);
      const outcome = await tryInPlaceOfWs(project, manager, "http://127.0.0.1:1/", {
        alias: file("@ws/compat"),
        consumers: await packConsumers(join(folder, `${manager.name}-consumers`)),
        others: Object.fromEntries(others.map((name) => [name, file(name)])),
      });
      expect(outcome.why).toBe("");
    },
    120_000,
  );

  it.each([
    "  └── ✕ unmet peer ws@^8.18.0: found 0.1.0",
    'warning " > peer@1.0.0" has incorrect peer dependency "ws@^8.18.0".',
    "YN0060: │ ws is listed by your project with version 0.1.0, which doesn't satisfy what peer requests (^8.18.0).",
    "YN0002: │ application@workspace:. doesn't provide ws, requested by peer.",
  ])("is noticed where a manager complains: %s", (line) => {
    expect(complaintIn(`before\n${line}\nbehind`)).toBe(line);
  });

  it("has a version that satisfies who asks for the ws that it has the API of", () => {
    const version = (folderOf: string): number[] =>
      String(readManifest(folderOf).version).split(".").map(Number);
    const { folder: own } = packages.find(({ name }) => name === "@ws/compat")!;
    const [major, minor] = version(own);
    const [wsMajor, wsMinor] = version(join(own, "node_modules/ws"));
    expect(major).toBe(wsMajor);
    expect(minor).toBeLessThanOrEqual(wsMinor!);
  });
});

describe("all of them, installed together", () => {
  let project: string;
  const readmes = new Map<string, Block[]>();
  const servers = new EngineServers();
  let env: Record<string, string>;

  beforeAll(async () => {
    project = await emptyProject(join(folder, "together"));
    const others = new Set(["@types/node@20"]);
    for (const one of packages) {
      const blocks = await readmeBlocks(one.folder);
      readmes.set(one.name, blocks);
      for (const needed of neededBeside(one, blocks)) others.add(needed);
    }
    const ours = new Set(packages.map(({ name }) => name));
    const needed = [...tarballs.values(), ...[...others].filter((name) => !ours.has(name))];
    const args = ["install", "--prefer-offline", "--no-audit", "--no-fund", ...needed];
    await mustRun("npm", args, { cwd: project });
    env = await servers.start();
  }, 120_000);

  afterAll(() => servers[Symbol.asyncDispose]());

  it.each(["nodenext", "bundler"] as const)(
    "type-check with resolution %s",
    async (resolution) => {
      const entries = packages.flatMap((one) => one.entries);
      expect((await typeCheck(project, entries, resolution)).why).toBe("");
    },
    60_000,
  );

  it.for(packages)("$name runs its README", { timeout: 60_000 }, async ({ name }, context) => {
    const blocks = readmes.get(name)!;
    expect(blocks.length).toBeGreaterThan(0);
    // A server that is not on this machine; continuous integration has them all.
    const missing = missingFor(blocks);
    context.skip(missing !== undefined && process.env["CI"] !== "true", missing);
    expect((await runReadme(project, blocks, thisNode, env)).why).toBe("");
  });

  it.each(packages)("$name is as large as its budget allows, or smaller", async ({ name, entries }) => {
    const budget = budgetOf(name);
    const { size } = await stat(tarballs.get(name)!);
    const bundled = await installedBytes(project, entries);
    expect({
      tarball: size <= budget.tarballBytes,
      gzip: bundled <= budget.gzipBytes,
      size,
      bundled,
    }).toEqual({
      tarball: true,
      gzip: true,
      size,
      bundled,
    });
  });

  describe.skipIf(!hasChromium)("in Chromium", () => {
    let runner: PageRunner;

    beforeAll(async () => {
      runner = await PageRunner.start();
    }, 60_000);

    afterAll(() => runner[Symbol.asyncDispose]());

    it.each(bundlers.flatMap((bundler) => pages.map((page) => ({ bundler, ...page }))))(
      "$entry $does, bundled by $bundler",
      async ({ bundler, ...page }) => {
        const { code, modules } = await bundle(bundler, project, await addPage(project, page));
        const foreign = modules.filter(
          (id) => id.includes("node_modules/") && !id.includes("node_modules/@ws/"),
        );
        expect(foreign).toEqual([]);
        expect(await runner.run(code)).toEqual(page.finds);
      },
      60_000,
    );

    it("a bundle that needs Node is refused", async () => {
      await writeFile(join(project, "server.js"), `export * from "@ws/server";\n`);
      for (const bundler of bundlers)
        await expect(bundle(bundler, project, "server.js")).rejects.toThrow("node:");
    });
  });
});
