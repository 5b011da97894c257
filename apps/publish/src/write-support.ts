// docs/support.md: what was tried, where, and what came of it.
import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { limitOf } from "./expectations.ts";
import { bundlers } from "./bundle.ts";
import { managers } from "./managers.ts";
import { type Package, root } from "./packages.ts";
import type { Result } from "./result.ts";
import { runtimes } from "./runtimes.ts";
import { budgetOf } from "./sizes.ts";
import { toolVersion } from "./tools.ts";
import type { BrowserEntry } from "./try-browser.ts";

/** What a package weighs, in bytes. */
export interface Weight {
  readonly tarballBytes: number;
  readonly gzipBytes: number;
}

export interface Findings {
  readonly results: readonly Result[];
  readonly entries: readonly BrowserEntry[];
  readonly weights: ReadonlyMap<string, Weight>;
  readonly chromium: string;
}

export async function writeSupport(findings: Findings, packages: readonly Package[]): Promise<void> {
  const file = join(root, "docs/support.md");
  await writeFile(file, await supportPage(findings, packages));
  await promisify(execFile)(join(root, "node_modules/.bin/oxfmt"), [file], { cwd: root });
}

async function supportPage(findings: Findings, packages: readonly Package[]): Promise<string> {
  const { results, entries, weights, chromium } = findings;
  const names = packages.map(({ name }) => name);
  const places = runtimes.map(({ name }) => name);
  const versions = await Promise.all(
    runtimes.map(async ({ name }) => `${name} (${await toolVersion(name)})`),
  );
  const works = results.filter(({ verdict }) => verdict === "works").length;
  const installers = managers.map(({ name }) => name);
  return `# Where it runs

Written by \`pnpm publish-check --write\`: every package is published to a registry on this machine, installed alone into an
empty project by each package manager, and tried there. ${works} of ${results.length} trials work. A short form runs with the tests: packed, npm,
one Node, both bundlers, Chromium.

A cell says whether **all** of these work: \`import\` and \`require\` of every entry, without a warning; and the code of the
package's README, verbatim but for its ports, printing what it says that it prints. “–” is not tried, a number is a note below.

## Runtimes

${table(
  ["Package", ...places],
  names.map((name) => [code(name), ...places.map((place) => cell(results, name, place))]),
)}

These were ${versions.join(", ")}, from npm, on Linux x64. Node 20.19 is the oldest: from there \`require\` takes ES modules. On Node 20 and 22
READMEs are compiled by esbuild first, because these do not know \`await using\`; newer ones, Bun and Deno run the TypeScript as it is.
Deno has all permissions (\`--allow-all\`) and npm's \`node_modules\`. What a README does is a conversation or two: that Bun and Deno
pass it does not make them what the rest of our tests run on, which is Node.

${notes(results)}
## Package managers

Each installs the package and nothing else, on Node 20, and then what its README imports. Besides the above, a small consumer is
type-checked by TypeScript with \`nodenext\` (as ES module and as CommonJS) and \`bundler\`, our declarations included (no \`skipLibCheck\`).
\`@ws/compat\` is also put in the place of \`ws\`, for a package that depends on \`ws\` ^8 and one that has it as a peer, which both get it
without a complaint; [migrating-from-ws.md](migrating-from-ws.md) has the way.

${table(
  ["Package", ...installers],
  names.map((name) => [code(name), ...installers.map((place) => cell(results, name, place))]),
)}

## Browsers

Bundled from the installed package by ${bundlers.join(" and ")}, with nothing to stand in for Node's modules, and run in ${chromium}. An entry that
is not here imports something of Node's.

${table(
  ["Entry", ...bundlers, "All of it, gzip", "What was tried"],
  entries.map(({ entry, gzipBytes, does }) => [
    code(entry),
    ...bundlers.map((bundler) => browserCell(results, entry, bundler)),
    kib(gzipBytes),
    does ?? "loads",
  ]),
)}

## Sizes

The tarball has sources and source maps. “Code” is all of a package's and of ours that it stands on, minified and compressed
together. A test fails where one is over its budget.

${table(
  ["Package", "Tarball", "Budget", "Code, gzip", "Budget"],
  names.map((name) => {
    const { tarballBytes, gzipBytes } = weights.get(name) ?? { tarballBytes: 0, gzipBytes: 0 };
    const budget = budgetOf(name);
    return [code(name), kib(tarballBytes), kib(budget.tarballBytes), kib(gzipBytes), kib(budget.gzipBytes)];
  }),
)}
`;
}

function cell(results: readonly Result[], name: string, where: string): string {
  const tried = results.filter((result) => result.package === name && result.where === where);
  const failed = tried.filter(({ verdict }) => verdict === "fails");
  const number = failed.map((result) => noteNumber(results, result)).filter((one) => one > 0);
  if (failed.length > 0) return number.length > 0 ? `fails ${[...new Set(number)].join(" ")}` : "fails";
  if (tried.length === 0) return "–";
  return tried.some(({ verdict }) => verdict === "not tried") ? "imports" : "yes";
}

function browserCell(results: readonly Result[], entry: string, bundler: string): string {
  const tried = results.filter(
    ({ where, check }) => where.endsWith(`, ${bundler}`) && check.startsWith(`${entry} `),
  );
  return tried.length > 0 && tried.every(({ verdict }) => verdict === "works") ? "yes" : "fails";
}

/** Why something fails that is known to. */
function reasons(results: readonly Result[]): string[] {
  const why = results
    .filter(({ verdict }) => verdict === "fails")
    .map((result) => limitOf(result)?.why)
    .filter((one) => one !== undefined);
  return [...new Set(why)];
}

function noteNumber(results: readonly Result[], result: Result): number {
  const why = limitOf(result)?.why;
  return why === undefined ? 0 : reasons(results).indexOf(why) + 1;
}

function notes(results: readonly Result[]): string {
  return reasons(results)
    .map((why, i) => `${i + 1}. ${why}\n`)
    .join("");
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map((row) => line(row))].join("\n");
}

const code = (name: string): string => `\`${name}\``;
const kib = (bytes: number): string => `${(bytes / 1024).toFixed(1)} KiB`;
