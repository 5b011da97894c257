// The cases that are kept, one file each: corpus/<target>/<hash>.json.
import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { decodeCase, encodeCase, type KeptCase } from "../fuzz-case.ts";

/** Where they lie, whether this is the source or what was built from it. */
export const CORPUS: string = fileURLToPath(new URL("../../corpus/", import.meta.url));

export interface CorpusFile {
  readonly file: string;
  readonly kept: KeptCase;
}

export async function readCorpus(folder: string): Promise<CorpusFile[]> {
  const names = await readdir(folder, { recursive: true }).catch(ifMissing);
  const files = names.filter((name) => name.endsWith(".json")).toSorted();
  return Promise.all(files.map((name) => readCase(path.join(folder, name))));
}

export async function readCase(file: string): Promise<CorpusFile> {
  try {
    return { file, kept: decodeCase(await readFile(file, "utf8")) };
  } catch (cause) {
    throw new Error(`Cannot read the case ${file}`, { cause });
  }
}

/** Writes the case under a name made of what it does, and returns that name. */
export async function keepCase(folder: string, kept: KeptCase): Promise<string> {
  const identity = encodeCase({ ...kept, note: "" });
  const hash = createHash("sha256").update(identity).digest("hex").slice(0, 12);
  const file = path.join(folder, kept.target, `${hash}.json`);
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, encodeCase(kept));
  return file;
}

function ifMissing(error: NodeJS.ErrnoException): string[] {
  if (error.code === "ENOENT") return [];
  throw error;
}
