// The code blocks of all documents as files that a compiler reads: each a module by itself, as a reader has it. A block that is no
// such module says so behind its language: ```js unchecked.
import { mkdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { filesBelow, root } from "../members.ts";

export interface Block {
  /** The document, from the root of the repository. */
  readonly page: string;
  /** The line of the document that its code begins on, from 1. */
  readonly line: number;
  readonly language: string;
  readonly isUnchecked: boolean;
  readonly code: string;
}

const FENCE = /^ *```(\w+)([^\n`]*)\n([\s\S]*?)^ *```$/gm;

/** What a fence calls code that we could check; of each language we write one name. */
const CODE = new Set(["ts", "js", "tsx", "jsx", "mts", "mjs", "cts", "cjs", "typescript", "javascript"]);

export function documents(): string[] {
  const inApps = filesBelow(join(root, "apps"), /\.md$/).filter((file) =>
    /^apps\/(?:examples\/)?[^/]+\/(?:docs\/)?[^/]+\.md$/.test(file),
  );
  return [
    "README.md",
    ...[".github", "docs", "packages"].flatMap((folder) => filesBelow(join(root, folder), /\.md$/)),
    ...inApps,
  ];
}

export async function blocksOf(page: string): Promise<Block[]> {
  const text = await readFile(join(root, page), "utf8");
  return [...text.matchAll(FENCE)]
    .map(({ 1: language = "", 2: rest = "", 3: code = "", index }) => ({
      page,
      line: text.slice(0, index).split("\n").length + 1,
      language,
      isUnchecked: rest.trim() === "unchecked",
      code,
    }))
    .filter(({ language }) => CODE.has(language));
}

const fileOf = ({ page, line, language }: Block): string =>
  `${page.replaceAll(/\W+/g, "-")}-${line}.${language}`;

/**
 * Writes the blocks into a folder, as a project that compiles without looking at sources.
 *
 * @param installed where the packages are that the blocks import
 */
export async function writeProject(
  folder: string,
  installed: string,
  blocks: readonly Block[],
): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  await symlink(installed, join(folder, "node_modules"));
  const compilerOptions = {
    target: "es2023",
    module: "nodenext",
    moduleDetection: "force",
    lib: ["es2023", "esnext.disposable", "dom", "dom.iterable", "dom.asynciterable"],
    types: ["node"],
    strict: true,
    checkJs: true,
    noEmit: true,
    skipLibCheck: true,
  };
  await writeFile(join(folder, "package.json"), JSON.stringify({ type: "module" }));
  await writeFile(
    join(folder, "tsconfig.json"),
    JSON.stringify({ compilerOptions, include: ["*.ts", "*.js"] }),
  );
  await Promise.all(blocks.map((block) => writeFile(join(folder, fileOf(block)), block.code)));
}

/** What a compiler says of such a project, by page and line of the document. */
export function complaints(output: string, blocks: readonly Block[]): string[] {
  const byFile = new Map(blocks.map((block) => [fileOf(block), block]));
  return output
    .split("\n")
    .filter((line) => line.trim() !== "")
    .map((line) => {
      const [, file = "", at = "0", problem = ""] = /^([^(\s]+)\((\d+),\d+\): (.*)$/.exec(line) ?? [];
      const block = byFile.get(relative(".", file));
      return block === undefined ? line : `${block.page}:${block.line + Number(at) - 1} ${problem}`;
    });
}
