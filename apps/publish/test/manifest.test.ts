// What every package says about itself, however new it is.
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { publishedPackages, readManifest, root } from "../src/packages.ts";

const packages = publishedPackages();
const { engines, license } = readManifest(root);

describe.each(packages)("$name", ({ manifest, folder, entries }) => {
  it("says what it is", () => {
    expect(manifest["description"]).toMatch(/^\S.{20,}[^.]$/);
    expect((manifest["keywords"] as string[]).length).toBeGreaterThan(1);
    expect(manifest["keywords"]).toContain("websocket");
    expect(manifest["license"]).toBe(license);
    expect(manifest["engines"]).toEqual(engines);
    expect(manifest["type"]).toBe("module");
    // None, or those files that are loaded for what they do.
    expect([false, ["./src/index.ts", "./dist/index.js"]]).toContainEqual(manifest["sideEffects"]);
    expect(existsSync(join(folder, "README.md"))).toBe(true);
  });

  it("is published in public, with provenance, and with every entry but those for development", () => {
    expect(manifest.publishConfig).toMatchObject({ access: "public", provenance: true });
    expect(entries[0]).toBe(manifest.name);
    const published = Object.keys(manifest.publishConfig?.exports ?? {});
    const developed = Object.entries(manifest["exports"] as Record<string, object | string>)
      .filter(
        ([, target]) => typeof target === "string" || Object.keys(target).some((key) => key !== "@ws/source"),
      )
      .map(([path]) => path);
    expect(published).toEqual(developed);
  });

  it("leaves its repository to the release, which knows where that is", () => {
    // A host that is made up would be a lie in every installed copy; see docs/releasing.md.
    expect([manifest["repository"], manifest["homepage"], manifest["bugs"]]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });
});

it("all packages have one version, but for the one that has that of the API it has", async () => {
  const { fixed } = JSON.parse(await readFile(join(root, ".changeset/config.json"), "utf8")) as {
    fixed: string[][];
  };
  const others = packages.map(({ name }) => name).filter((name) => name !== "@ws/compat");
  expect(fixed[0]!.toSorted()).toEqual(others.toSorted());
});

it("all packages are built before they are packed: apps/publish depends on each", () => {
  const { dependencies, devDependencies } = readManifest(join(root, "apps/publish"));
  const ours = Object.keys({ ...dependencies, ...devDependencies });
  expect(packages.map(({ name }) => name).filter((name) => !ours.includes(name))).toEqual([]);
});
