// A real Redis that keeps whatever it has acknowledged, on a port of its own, with a folder of its own.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { EngineServer } from "./engine.ts";
import { freePort } from "./free-port.ts";

const PROGRAM = "/usr/bin/redis-server";
const DURABLE = ["--save", "", "--appendonly", "yes", "--appendfsync", "always"];

export const hasRedis: boolean = existsSync(PROGRAM);

export async function startRedis(): Promise<EngineServer> {
  const folder = await mkdtemp(join(tmpdir(), "chaos-redis-"));
  const port = await freePort();
  const args = ["--port", String(port), "--bind", "127.0.0.1", "--dir", folder, ...DURABLE];
  let child: ChildProcess | undefined;
  const kill = async (): Promise<void> => {
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const exit = once(child, "exit");
    child.kill("SIGKILL");
    await exit;
  };
  const start = async (): Promise<void> => {
    child = spawn(PROGRAM, args, { stdio: ["ignore", "pipe", "inherit"] });
    await untilReady(child);
  };
  await start();
  return {
    port,
    kill,
    start,
    [Symbol.asyncDispose]: async () => {
      await kill();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Until it says that it takes connections: after it has loaded what it had. */
async function untilReady(child: ChildProcess): Promise<void> {
  let said = "";
  for await (const chunk of child.stdout!.iterator({ destroyOnReturn: false })) {
    said += String(chunk);
    if (!said.includes("Ready to accept connections")) continue;
    // Nobody reads on: what it says later must not fill the pipe.
    child.stdout!.resume();
    return;
  }
  throw new Error(`Cannot start redis-server: ${said}`);
}
