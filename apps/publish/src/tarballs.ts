// Packages packed as they are published.
import { mustRun } from "./run-command.ts";
import type { Package } from "./packages.ts";

/** Packs them all into a folder: name → path of the tarball. The packages must be built. */
export async function packAll(packages: readonly Package[], folder: string): Promise<Map<string, string>> {
  const pack = async ({ name, folder: cwd }: Package): Promise<[string, string]> => {
    const stdout = await mustRun("pnpm", ["pack", "--json", "--pack-destination", folder], { cwd });
    return [name, (JSON.parse(stdout) as { filename: string }).filename];
  };
  return new Map(await Promise.all(packages.map(pack)));
}
