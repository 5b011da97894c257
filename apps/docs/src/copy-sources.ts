// The files that pages link to, as text on the site, so that all of it can be read without a network.
import { copyFile, mkdir, readdir, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { root } from "./site-paths.ts";

const NOT_SHOWN = /^(?:node_modules|dist|\..*)$/;

export async function copySources(files: Iterable<string>, outDir: string): Promise<void> {
  for (const file of files) {
    const target = join(outDir, "source", `${file}.txt`);
    await mkdir(dirname(target), { recursive: true });
    if ((await stat(join(root, file))).isDirectory()) await writeFile(target, await list(file));
    else await copyFile(join(root, file), target);
  }
}

/** What is in a folder, a path a line. */
async function list(folder: string): Promise<string> {
  const entries = await readdir(join(root, folder), { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length))
    .filter((path) => !path.split("/").some((name) => NOT_SHOWN.test(name)));
  return `${paths.toSorted().join("\n")}\n`;
}
