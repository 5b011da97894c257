// Whether the pages of one large message serve the next.
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, it } from "vitest";

const PAGES_OF_A_MESSAGE = (1024 * 1024) / 4096;

async function pagesAskedFor(env: Record<string, string>): Promise<number> {
  const child = fileURLToPath(new URL("child/large-messages.mjs", import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, ["--expose-gc", child], {
    env: { ...process.env, ...env },
  });
  return Number(stdout);
}

// Node's types say no more of a report than that it is an object.
const { header } = process.report.getReport() as unknown as {
  readonly header: { readonly glibcVersionRuntime?: string };
};

// Other implementations of malloc have ways of their own.
it.runIf(header.glibcVersionRuntime !== undefined)(
  "kept memory: that of large messages serves the next ones, unless the environment says otherwise",
  async () => {
    const overruled = await pagesAskedFor({ MALLOC_MMAP_THRESHOLD_: "131072" });
    expect(overruled).toBeGreaterThan(PAGES_OF_A_MESSAGE);
    expect(await pagesAskedFor({})).toBeLessThan(overruled / 2);
  },
);
