// Bundles for browsers, by Vite and by esbuild, of packages as they were installed; and what such a bundle weighs.
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { build as esbuild } from "esbuild";
import { build as vite, type Rollup } from "vite";

export const bundlers = ["vite", "esbuild"] as const;
export type Bundler = (typeof bundlers)[number];

/** What is left of an import of Node's. To ask at run time whether one is there, as @ws/frame does, is no import. */
const FOREIGN = /\b(?:from|import|require)\s*\(?\s*["'`](?:node:)?[a-z_/0-9]+["'`]/;

export interface Bundle {
  readonly code: string;
  /** The modules in it, as paths. */
  readonly modules: readonly string[];
}

/**
 * Makes one script of a module of a project.
 *
 * @throws Error where it needs what no browser has: neither bundler is given anything to put in the place of Node's modules
 */
export async function bundle(bundler: Bundler, project: string, file: string): Promise<Bundle> {
  const made = await (bundler === "vite" ? byVite(project, file) : byEsbuild(project, file));
  // Vite puts an empty module in the place of each of Node's, and says nothing until it is used.
  const stand = "__vite-browser-external:";
  const replaced = made.modules.find((id) => id.startsWith(stand))?.slice(stand.length);
  const foreign = replaced ?? FOREIGN.exec(made.code)?.[0];
  if (foreign !== undefined) throw new Error(`Cannot run ${file} in a browser: it needs ${foreign}`);
  return made;
}

export function gzipBytes(code: string): number {
  return gzipSync(code, { level: 9 }).length;
}

async function byEsbuild(project: string, file: string): Promise<Bundle> {
  const { outputFiles, metafile } = await esbuild({
    absWorkingDir: project,
    entryPoints: [join(project, file)],
    bundle: true,
    minify: true,
    format: "iife",
    platform: "browser",
    target: "es2022",
    write: false,
    metafile: true,
    logLevel: "silent",
  });
  return { code: outputFiles[0]!.text, modules: Object.keys(metafile.inputs) };
}

async function byVite(project: string, file: string): Promise<Bundle> {
  const output = (await vite({
    root: project,
    configFile: false,
    logLevel: "silent",
    build: {
      write: false,
      minify: true,
      target: "es2022",
      lib: { entry: join(project, file), formats: ["iife"], name: "page" },
    },
  })) as Rollup.RollupOutput[];
  const { code, moduleIds } = output[0]!.output[0];
  return { code, modules: moduleIds.filter((id) => !id.startsWith("\0")) };
}
