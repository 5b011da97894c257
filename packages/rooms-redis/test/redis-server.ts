// Real Redis servers for tests, each on a free port, with a folder of its own, ended by their own process. On a machine without
// Redis their tests are skipped; in CI that is a failure.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Redis } from "ioredis";

const PROGRAM = "/usr/bin/redis-server";

export const hasRedis: boolean = existsSync(PROGRAM) || process.env["CI"] === "true";

/** What makes a server one that keeps whatever it has acknowledged. */
export const DURABLE: readonly string[] = ["--appendonly", "yes", "--appendfsync", "always"];

export interface RedisServer extends AsyncDisposable {
  readonly port: number;
  readonly url: string;
  /** A client of the test's own. */
  readonly client: Redis;
  /** Ends it as a power failure would. */
  kill(): Promise<void>;
  /** Starts it again, on the same port and with what it has stored. */
  start(): Promise<void>;
  /** Kills it, removes all its files. */
  stop(): Promise<void>;
}

/** @param settings arguments for the server; without any it stores nothing */
export async function startRedis(settings: readonly string[] = ["--appendonly", "no"]): Promise<RedisServer> {
  const folder = await mkdtemp(join(tmpdir(), "redis-"));
  const port = await freePort();
  const args = ["--port", String(port), "--bind", "127.0.0.1", "--save", "", "--dir", folder, ...settings];
  let child: ChildProcess | undefined;
  const client = new Redis({ port, lazyConnect: true, retryStrategy: () => 10 });
  client.on("error", () => {});

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
  const stop = async (): Promise<void> => {
    client.disconnect();
    await kill();
    await rm(folder, { recursive: true, force: true });
  };
  await start();
  const url = `redis://127.0.0.1:${port}`;
  return { port, url, client, kill, start, stop, [Symbol.asyncDispose]: stop };
}

/** Until it says that it takes connections. */
async function untilReady(child: ChildProcess): Promise<void> {
  let said = "";
  for await (const chunk of child.stdout!) {
    said += String(chunk);
    if (said.includes("Ready to accept connections")) {
      // Nobody reads on: what it says later must not fill the pipe.
      child.stdout!.resume();
      return;
    }
  }
  throw new Error(`redis-server does not start: ${said}`);
}

/**
 * One that nobody uses now, and nobody is given by chance while a server is down: from below those of connections that are made. A
 * cluster needs one more, 10,000 above it.
 */
async function freePort(): Promise<number> {
  for (;;) {
    const port = 10_000 + Math.floor(Math.random() * 12_000);
    if ((await isFree(port)) && (await isFree(port + 10_000))) return port;
  }
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer().listen(port, "127.0.0.1");
  try {
    await once(server, "listening");
  } catch {
    return false;
  }
  server.close();
  await once(server, "close");
  return true;
}
