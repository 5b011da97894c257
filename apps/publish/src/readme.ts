// A README as a reader takes it: its code, what that needs installed, and what it says that it prints.
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { isBuiltin } from "node:module";
import { type AddressInfo, createServer } from "node:net";
import { join } from "node:path";
import type { Package } from "./packages.ts";

const FENCE = /^```(\w+)\n([\s\S]*?)^```$/gm;

export interface Block {
  readonly code: string;
  /** What it prints, all in one line. */
  readonly prints: string;
}

/** The code of a package's README, verbatim but for its ports: each that a reader is told to use is one that is free here. */
export async function readmeBlocks(folder: string): Promise<Block[]> {
  const text = await onFreePorts(readFileSync(join(folder, "README.md"), "utf8"));
  return [...text.matchAll(FENCE)]
    .filter((match) => match[1] === "ts")
    .map((match) => ({ code: match[2]!, prints: promised(match[2]!) }));
}

/** What a reader has to install to run it: the packages that the code imports. */
export function neededPackages(blocks: readonly Block[]): string[] {
  const names = blocks.flatMap(({ code }) =>
    [...code.matchAll(/\bfrom "([^".][^"]*)"/g)].map((match) => match[1]!),
  );
  const packages = names.map((name) => /^@[^/]+\/[^/]+|^[^/]+/.exec(name)![0]);
  return [...new Set(packages)].filter((name) => !isBuiltin(name)).toSorted();
}

/**
 * What has to be installed beside a package to try all of it: what its README imports and its optional peers, in the versions
 * that it is developed with where those are known. The newest may need another Node.
 */
export function neededBeside({ name, manifest }: Package, blocks: readonly Block[]): string[] {
  const peers = Object.keys(manifest.peerDependencies ?? {});
  const known = { ...manifest.peerDependencies, ...manifest.devDependencies };
  return [...new Set([...neededPackages(blocks), ...peers])]
    .filter((needed) => needed !== name)
    .map((needed) => {
      const version = known[needed];
      return version === undefined || version.startsWith("workspace:") ? needed : `${needed}@${version}`;
    });
}

/** The comment behind each `console.log`. */
function promised(code: string): string {
  return [...code.matchAll(/console\.log\(.*\/\/ (?:→ )?(.+)$/gm)].map((match) => match[1]!).join(" ");
}

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
