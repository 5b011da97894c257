// The program itself, as `pnpm turbo test` leaves it built.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { ExitCode } from "@ws/cli";
import { run } from "./scene.ts";

const program = fileURLToPath(new URL("../bin/wsc.js", import.meta.url));

it("ends without a word where its reader has left", async () => {
  // `wsc --help | head` ended in a stack trace: the write failed when the command was over.
  const child = spawn(process.execPath, [program, "--help"], { stdio: ["ignore", "pipe", "pipe"] });
  child.stdout.destroy();
  const [[code], stderr] = await Promise.all([once(child, "exit"), text(child.stderr)]);
  expect({ code, stderr }).toEqual({ code: ExitCode.ok, stderr: "" });
});

it("says its version", async () => {
  const manifest = await readFile(new URL("../package.json", import.meta.url), "utf8");
  const { version } = JSON.parse(manifest) as { version: string };
  expect(await run(["--version"])).toMatchObject({ code: ExitCode.ok, stdout: `${version}\n`, stderr: "" });
});
