// The members of the workspace, as their folders and manifests say.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("../../../", import.meta.url));

export interface Manifest {
  readonly name: string;
  readonly private?: boolean;
  readonly scripts?: Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  /** What there is of it once it is published. */
  readonly publishConfig?: { readonly exports?: Readonly<Record<string, unknown>> };
}

export interface Member {
  readonly folder: string;
  readonly manifest: Manifest;
}

/** @param kind `"apps"` are those right below it; the examples, which are apps too, have a folder of their own */
export function members(kind: "packages" | "apps" | "apps/examples"): Member[] {
  return membersIn(readdirSync(join(root, kind)).map((name) => join(root, kind, name)));
}

/** Tests that are members of their own, for what they use stands on the package that they test. */
export function testMembers(): Member[] {
  return membersIn(members("packages").map(({ folder }) => join(folder, "test")));
}

function membersIn(folders: readonly string[]): Member[] {
  return folders
    .filter((folder) => existsSync(join(folder, "package.json")))
    .map((folder) => ({
      folder,
      manifest: JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as Manifest,
    }));
}

/** A package and all packages of ours that it needs, itself first. */
export function closure(name: string): string[] {
  const found = new Set([name]);
  const byName = new Map(members("packages").map((member) => [member.manifest.name, member]));
  for (const current of found) {
    for (const dependency of Object.keys(byName.get(current)?.manifest.dependencies ?? {})) {
      if (byName.has(dependency)) found.add(dependency);
    }
  }
  return [...found];
}

/** Every file below a folder that ends so, as paths relative to the root; none of what was installed there. */
export function filesBelow(folder: string, ending: RegExp): string[] {
  if (!existsSync(folder)) return [];
  // By hand: a recursive `readdir` may follow the links between packages, round and round.
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return entry.name === "node_modules" ? [] : filesBelow(path, ending);
    return entry.isFile() && ending.test(entry.name) ? [relative(root, path)] : [];
  });
}
