// Each package as a user gets it: packed, installed into an empty npm project, imported, required, type-checked.
import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { closure, members, root } from "../members.ts";

const run = promisify(execFile);
const packages = members("packages");
/** Package → the path of its tarball. */
const tarballs = new Map<string, string>();
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "packed-"));
  for (const { folder: cwd, manifest } of packages) {
    const { stdout } = await run("pnpm", ["pack", "--json", "--pack-destination", folder], { cwd });
    const { filename } = JSON.parse(stdout) as { filename: string };
    tarballs.set(manifest.name, filename);
  }
}, 60_000);

afterAll(() => rm(folder, { recursive: true }));

describe.each(packages)("$manifest.name packed", ({ manifest: { name } }) => {
  let project: string;

  beforeAll(async () => {
    project = join(folder, name.replace("/", "-"));
    await mkdir(project);
    await writeFile(join(project, "package.json"), JSON.stringify({ name: "empty", private: true }));
    const needed = closure(name).map((dependency) => tarballs.get(dependency)!);
    await run("npm", ["install", "--prefer-offline", "--no-audit", "--no-fund", ...needed], { cwd: project });
  }, 60_000);

  const node = async (...args: string[]): Promise<string[]> => {
    const { stdout, stderr } = await run(process.execPath, args, { cwd: project });
    expect(stderr).toBe("");
    return JSON.parse(stdout) as string[];
  };

  it("works by import and by require, without a warning, with the same exports", async () => {
    const imported = await node(
      "--input-type=module",
      "-e",
      `import * as all from "${name}"; console.log(JSON.stringify(Object.keys(all).sort()))`,
    );
    const required = await node("-e", `console.log(JSON.stringify(Object.keys(require("${name}")).sort()))`);
    expect(imported.length).toBeGreaterThan(0);
    // A module that says itself what it is to `require` need not be the same object to both.
    if (imported.includes("module.exports")) return expect(required).toContain("WebSocketServer");
    expect(required.filter((key) => key !== "__esModule" && key !== "module.exports")).toEqual(imported);
  });

  it.each([
    ["nodenext", "nodenext"],
    ["esnext", "bundler"],
  ])(
    "type-checks with module %s and resolution %s",
    async (module, moduleResolution) => {
      // What a TypeScript user of Node has beside us.
      await cp(join(root, "node_modules/@types/node"), join(project, "node_modules/@types/node"), {
        recursive: true,
        dereference: true,
      });
      await cp(
        join(root, "node_modules/.pnpm/node_modules/undici-types"),
        join(project, "node_modules/undici-types"),
        { recursive: true, dereference: true },
      );
      await writeFile(
        join(project, "main.mts"),
        `import * as all from "${name}";\nexport const names: string[] = Object.keys(all);\n`,
      );
      const options = ["--noEmit", "--strict", "--target", "es2023", "--lib", "es2023,esnext.disposable,dom"];
      const target = ["--types", "node", "--module", module, "--moduleResolution", moduleResolution];
      const tsc = join(root, "node_modules/typescript/bin/tsc");
      const { stdout } = await run(process.execPath, [tsc, ...options, ...target, "main.mts"], {
        cwd: project,
      });
      expect(stdout).toBe("");
    },
    60_000,
  );
});
