// What can be imported of the published packages, as their manifests say.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const root: string = fileURLToPath(new URL("../../../", import.meta.url));

export interface EntryPoint {
  /** As one writes it in an import: `@ws/rooms/client`. */
  readonly name: string;
  /** What the manifest says of its package. */
  readonly description: string;
  /** From the root of the repository: `packages/rooms`. */
  readonly folder: string;
  /** From the root of the repository: `packages/rooms/src/client.ts`. */
  readonly source: string;
}

type Target = string | { readonly [condition: string]: Target };

interface Manifest {
  readonly name: string;
  readonly description: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly exports: Readonly<Record<string, Target>>;
  readonly publishConfig: { readonly exports: Readonly<Record<string, unknown>> };
}

/** Each package behind those it stands on, so that a name is found where it is declared before where it is passed on. */
export function entryPoints(): EntryPoint[] {
  const packages = new Map<string, { readonly folder: string; readonly manifest: Manifest }>();
  for (const name of readdirSync(join(root, "packages")).toSorted()) {
    const folder = `packages/${name}`;
    const manifest = JSON.parse(readFileSync(join(root, folder, "package.json"), "utf8")) as Manifest;
    packages.set(manifest.name, { folder, manifest });
  }
  const ordered = new Map<string, EntryPoint[]>();
  const add = (name: string): void => {
    const found = packages.get(name);
    if (found === undefined || ordered.has(name)) return;
    for (const dependency of Object.keys(found.manifest.dependencies ?? {})) add(dependency);
    ordered.set(name, entriesOf(found.folder, found.manifest));
  };
  for (const name of packages.keys()) add(name);
  return [...ordered.values()].flat();
}

function entriesOf(folder: string, { name, description, exports, publishConfig }: Manifest): EntryPoint[] {
  return Object.keys(publishConfig.exports)
    .filter((path) => path !== "./package.json")
    .map((path) => ({
      name: name + path.slice(1),
      description,
      folder,
      source: join(folder, sourceOf(exports[path])),
    }));
}

/** The source that an entry of `exports` stands for, in Node. */
function sourceOf(target: Target | undefined): string {
  if (typeof target === "string") return target;
  if (target === undefined)
    throw new Error("Cannot find the source of an export: it has no condition @ws/source");
  return sourceOf(target["@ws/source"] ?? target["default"]);
}
