// Which entries of a package run in a browser: whatever can be bundled without Node's modules is bundled by both bundlers
// and loaded in Chromium, and those that there is a page for do real work there.
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { PageRunner } from "./browser.ts";
import { bundle, bundlers, gzipBytes } from "./bundle.ts";
import type { Package } from "./packages.ts";
import { addPage, pages } from "./pages.ts";
import { judged, type Result } from "./result.ts";
import { isDeepStrictEqual } from "node:util";

export interface BrowserEntry {
  readonly entry: string;
  /** Of all of it, by esbuild, minified. */
  readonly gzipBytes: number;
  /** What of it was tried, beyond that it loads. */
  readonly does: string | undefined;
}

export interface BrowserTrial {
  readonly results: readonly Result[];
  readonly entries: readonly BrowserEntry[];
}

/** @param project where the package is installed */
export async function tryInBrowser(
  { name, entries }: Package,
  project: string,
  runner: PageRunner,
): Promise<BrowserTrial> {
  const results: Result[] = [];
  const found: BrowserEntry[] = [];
  for (const [i, entry] of entries.entries()) {
    const page = pages.find((one) => one.entry === entry);
    const whole = `whole-${i}.js`;
    await writeFile(
      join(project, whole),
      `import * as all from "${entry}";\nglobalThis.run = async () => Object.keys(all).length > 0;\n`,
    );
    const weight = await bundle("esbuild", project, whole).then(
      ({ code }) => gzipBytes(code),
      () => undefined,
    );
    // What is not for browsers, by what it imports; unless there is a page that says it is.
    if (weight === undefined && page === undefined) continue;
    found.push({ entry, gzipBytes: weight ?? 0, does: page?.does });
    const files: [file: string, finds: unknown][] = [[whole, true]];
    if (page !== undefined) files.push([await addPage(project, page), page.finds]);
    for (const bundler of bundlers) {
      for (const [file, finds] of files) {
        const why = await problem(bundler, project, file, finds, runner);
        const check = file === whole ? `${entry} loads` : `${entry} ${page!.does}`;
        results.push(judged(`${runner.version}, ${bundler}`, name, check, { ok: why === "", why }));
      }
    }
  }
  return { results, entries: found };
}

async function problem(
  bundler: (typeof bundlers)[number],
  project: string,
  file: string,
  finds: unknown,
  runner: PageRunner,
): Promise<string> {
  try {
    const { code, modules } = await bundle(bundler, project, file);
    const foreign = modules.find((id) => id.includes("node_modules/") && !id.includes("node_modules/@ws/"));
    if (foreign !== undefined) return `the bundle has ${foreign}`;
    const result = await runner.run(code);
    return isDeepStrictEqual(result, finds) ? "" : `it found ${JSON.stringify(result)}`;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
