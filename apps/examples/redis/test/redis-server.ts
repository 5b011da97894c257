// A Redis of the test's own, on a Unix socket in a folder of its own. On a machine without one the test is skipped; in CI that is a
// failure.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";

const PROGRAM = "/usr/bin/redis-server";

export const hasRedis: boolean = existsSync(PROGRAM) || process.env["CI"] === "true";

/** @returns its address, once it takes connections */
export async function startRedis(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "redis-"));
  const socket = join(folder, "socket");
  const child = spawn(PROGRAM, ["--port", "0", "--unixsocket", socket, "--save", "", "--dir", folder], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = once(child, "close");
  onTestFinished(async () => {
    child.kill("SIGKILL");
    await ended;
    await rm(folder, { recursive: true });
  });
  let said = "";
  for await (const chunk of child.stdout.iterator({ destroyOnReturn: false })) {
    said += String(chunk);
    if (/ready to accept connections/i.test(said)) return `unix:${socket}`;
  }
  throw new Error(`Cannot start Redis: ${said}`);
}
