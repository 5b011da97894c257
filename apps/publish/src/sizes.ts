// How large packages are, and how large they may become before somebody has to say that it is worth it.
import { join } from "node:path";
import { build } from "esbuild";
import { gzipBytes } from "./bundle.ts";

export interface Budget {
  /** Of the tarball: what is downloaded, sources and source maps included. */
  readonly tarballBytes: number;
  /** Of all of its code and that of the packages of ours it stands on, minified and compressed: what is loaded. */
  readonly gzipBytes: number;
}

const KIB = 1024;

/** A fifth above what there was when they were set. A package that has no line has the budget of the largest. */
const BUDGETS: Readonly<Record<string, Budget>> = {
  "@ws/capture": { tarballBytes: 34 * KIB, gzipBytes: 6 * KIB },
  "@ws/cli": { tarballBytes: 141 * KIB, gzipBytes: 156 * KIB },
  "@ws/client": { tarballBytes: 141 * KIB, gzipBytes: 49 * KIB },
  "@ws/compat": { tarballBytes: 89 * KIB, gzipBytes: 41 * KIB },
  "@ws/conformance": { tarballBytes: 305 * KIB, gzipBytes: 64 * KIB },
  "@ws/connection": { tarballBytes: 169 * KIB, gzipBytes: 24 * KIB },
  "@ws/deflate": { tarballBytes: 55 * KIB, gzipBytes: 6 * KIB },
  "@ws/frame": { tarballBytes: 58 * KIB, gzipBytes: 7 * KIB },
  "@ws/handshake": { tarballBytes: 96 * KIB, gzipBytes: 10 * KIB },
  "@ws/metrics": { tarballBytes: 24 * KIB, gzipBytes: 4 * KIB },
  "@ws/rooms": { tarballBytes: 264 * KIB, gzipBytes: 31 * KIB },
  "@ws/rooms-nats": { tarballBytes: 70 * KIB, gzipBytes: 11 * KIB },
  "@ws/rooms-redis": { tarballBytes: 73 * KIB, gzipBytes: 13 * KIB },
  "@ws/rooms-sqlite": { tarballBytes: 25 * KIB, gzipBytes: 6 * KIB },
  "@ws/server": { tarballBytes: 121 * KIB, gzipBytes: 49 * KIB },
  "@ws/testing": { tarballBytes: 56 * KIB, gzipBytes: 29 * KIB },
};

export function budgetOf(name: string): Budget {
  return BUDGETS[name] ?? { tarballBytes: 270 * KIB, gzipBytes: 60 * KIB };
}

/** What entries of packages weigh on Node, without anybody else's packages. */
export async function installedBytes(project: string, entries: readonly string[]): Promise<number> {
  const { outputFiles } = await build({
    stdin: {
      contents: entries.map((entry, i) => `export * as m${i} from "${entry}";`).join("\n"),
      resolveDir: join(project),
    },
    bundle: true,
    minify: true,
    format: "esm",
    platform: "node",
    target: "node20",
    write: false,
    logLevel: "silent",
    plugins: [
      {
        name: "others stay outside",
        setup(one) {
          one.onResolve({ filter: /.*/ }, ({ path }) =>
            /^@ws\/|^\./.test(path) ? undefined : { path, external: true },
          );
        },
      },
    ],
  });
  return gzipBytes(outputFiles[0]!.text);
}
