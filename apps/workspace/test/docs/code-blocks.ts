// The code blocks of a Markdown file, and running them as a reader would: as modules, one after the other.
import { once } from "node:events";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { type AddressInfo, createServer } from "node:net";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { format } from "node:util";
import { vi } from "vitest";
import { root } from "../members.ts";

const FENCE = /^```(\w+)\n([\s\S]*?)^```$/gm;
const scratch = join(dirname(fileURLToPath(import.meta.url)), "../../.vitest/code-blocks");

export async function codeBlocks(file: string, language: string): Promise<string[]> {
  const text = await onFreePorts(await readFile(join(root, file), "utf8"));
  return [...text.matchAll(FENCE)].filter((match) => match[1] === language).map((match) => match[2]!);
}

/** What a block says that it prints: the comment behind each `console.log`. */
export function promises(block: string): string[] {
  return [...block.matchAll(/console\.log\(.*\/\/ (?:→ )?(.+)$/gm)].map((match) => match[1]!);
}

/** The text with each port that readers are told to use replaced by one that is free here. */
async function onFreePorts(text: string): Promise<string> {
  let result = text;
  for (const port of new Set(text.match(/\b80\d\d\b/g))) {
    const server = createServer().listen(0);
    await once(server, "listening");
    result = result.replaceAll(port, String((server.address() as AddressInfo).port));
    server.close();
    await once(server, "close");
  }
  return result;
}

/** Runs a block and returns what it printed. */
export async function runBlock(name: string, block: string): Promise<string[]> {
  await mkdir(scratch, { recursive: true });
  const path = join(scratch, `${name.replaceAll(/\W+/g, "-")}.ts`);
  // Without an export of its own a block could not be a module with top-level await everywhere.
  await writeFile(path, `${block}\nexport {};\n`);
  const printed: string[] = [];
  vi.spyOn(console, "log").mockImplementation((...values: unknown[]) => void printed.push(format(...values)));
  await import(/* @vite-ignore */ pathToFileURL(path).href);
  return printed;
}
