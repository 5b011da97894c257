// The program as it is built: it starts implementations, writes reports, and exits as they came out.
import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";

const main = fileURLToPath(new URL("../dist/main.js", import.meta.url));

function run(...args: string[]): Promise<{ code: unknown; stdout: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [main, ...args], (error, stdout) =>
      resolve({ code: error?.code ?? 0, stdout }),
    );
  });
}

test(
  "exits with 1 where one of them is wrong, with 0 where it compares, and writes what it is asked for",
  { timeout: 120_000 },
  async () => {
    const folder = await mkdtemp(join(tmpdir(), "conformance-"));
    onTestFinished(() => rm(folder, { recursive: true }));
    const [json, markdown] = [join(folder, "report.json"), join(folder, "report.md")];
    const some = ["--role", "server", "--cases", "6455-4.2.1-no-host,6455-5.5.2-ping-text", "--json", json];

    const ours = await run("--run", "own", ...some);
    expect(ours).toMatchObject({ code: 0, stdout: expect.stringContaining("2 cases in ") as string });
    const others = await run("--run", "npm-ws", ...some);
    expect(others).toMatchObject({
      code: 1,
      stdout: expect.stringMatching(/failed +6455-4\.2\.1-no-host/) as string,
    });
    const { runs } = JSON.parse(await readFile(json, "utf8")) as { runs: object[] };
    expect(runs).toMatchObject([{ target: "npm-ws", setting: "tcp", counts: { ok: 1, failed: 1 } }]);

    expect(await run("--compare", "own,npm-ws", ...some, "--markdown", markdown)).toMatchObject({ code: 0 });
    expect(await readFile(markdown, "utf8")).toContain("| `6455-4.2.1-no-host` | ✓ | **failed** |");
    expect(await run("--run", "nobody")).toMatchObject({ code: 2 });
  },
);
