// What is published, as the workspace says: every package in it that is not private.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const root: string = fileURLToPath(new URL("../../../", import.meta.url));
/** What this leaves behind; ignored by git. */
export const artefacts: string = join(root, "apps/publish/.artefacts");

export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly private?: boolean;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly publishConfig?: { readonly exports?: Readonly<Record<string, unknown>> };
  readonly [field: string]: unknown;
}

export interface Package {
  readonly name: string;
  readonly folder: string;
  readonly manifest: Manifest;
  /** What can be imported of it: `@ws/rooms`, `@ws/rooms/client` and so on. */
  readonly entries: readonly string[];
}

export function publishedPackages(): Package[] {
  return readdirSync(join(root, "packages"))
    .map((name) => join(root, "packages", name))
    .filter((folder) => existsSync(join(folder, "package.json")))
    .map((folder) => ({ folder, manifest: readManifest(folder) }))
    .filter(({ manifest }) => manifest.private !== true)
    .map(({ folder, manifest }) => ({
      name: manifest.name,
      folder,
      manifest,
      entries: Object.keys(manifest.publishConfig?.exports ?? {})
        .filter((path) => path !== "./package.json")
        .map((path) => manifest.name + path.slice(1)),
    }));
}

export function readManifest(folder: string): Manifest {
  return JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as Manifest;
}

/** A package and all packages of ours that it needs, itself first. */
export function closure(name: string, packages: readonly Package[]): string[] {
  const byName = new Map(packages.map((one) => [one.name, one]));
  const found = new Set([name]);
  for (const current of found) {
    for (const needed of Object.keys(byName.get(current)?.manifest.dependencies ?? {})) {
      if (byName.has(needed)) found.add(needed);
    }
  }
  return [...found];
}
