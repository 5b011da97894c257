// A server of others in a process of its own, that can crash and come back with what it has on disk.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import type { EngineServer } from "./engine.ts";

export interface ServerProgram {
  readonly program: string;
  readonly args: (port: number, folder: string) => readonly string[];
  /** What it says when it takes connections. */
  readonly ready: string;
}

export async function startServer({ program, args, ready }: ServerProgram): Promise<EngineServer> {
  const folder = await mkdtemp(join(tmpdir(), `chaos-${basename(program)}-`));
  const port = await freePort();
  let child: ChildProcess | undefined;
  const kill = async (): Promise<void> => {
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const exit = once(child, "exit");
    child.kill("SIGKILL");
    await exit;
  };
  const start = async (): Promise<void> => {
    child = spawn(program, args(port, folder), { stdio: ["ignore", "pipe", "pipe"] });
    await untilItSays(child, ready);
  };
  await start();
  return {
    port,
    kill,
    start,
    get pid() {
      return child!.pid!;
    },
    [Symbol.asyncDispose]: async () => {
      await kill();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function untilItSays(child: ChildProcess, ready: string): Promise<void> {
  let said = "";
  return new Promise((resolve, reject) => {
    for (const stream of [child.stdout!, child.stderr!]) {
      // Read to the end, or the pipe fills.
      stream.on("data", (chunk) => {
        if (said.length > 100_000) return;
        said += String(chunk);
        if (said.includes(ready)) resolve();
      });
    }
    child.on("error", reject);
    child.on("exit", () => reject(new Error(`Cannot start ${child.spawnfile}: ${said}`)));
  });
}

/** One that nobody uses now: not every server can say which one it took, and it is to come back on the same one. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}
