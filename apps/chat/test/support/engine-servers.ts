// Real servers of engines for tests, each on a port of its own with a folder of its own. On a machine without one its tests are
// skipped; in CI that is a failure.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";

export interface EngineServer {
  readonly name: string;
  readonly isThere: boolean;
  /** Chooses a port for this test. */
  readonly prepare: () => Promise<PreparedServer>;
}

export interface PreparedServer {
  /** The variables of the environment that name it. */
  readonly environment: Record<string, string>;
  /** Resolves when it can be used; it is ended with the test. */
  readonly start: () => Promise<void>;
}

const REDIS = "/usr/bin/redis-server";
const NATS = "/usr/sbin/nats-server";

export const redis: EngineServer = {
  name: "Redis",
  isThere: existsSync(REDIS) || process.env["CI"] === "true",
  prepare: async () => {
    const port = await freePort();
    return {
      environment: { REDIS_URL: `redis://127.0.0.1:${port}` },
      start: () =>
        run(REDIS, /Ready to accept connections/, (folder) => [
          ...["--port", port, "--bind", "127.0.0.1", "--dir", folder, "--save", ""],
          ...["--appendonly", "yes", "--appendfsync", "always"],
        ]),
    };
  },
};

export const nats: EngineServer = {
  name: "NATS",
  isThere: existsSync(NATS) || process.env["CI"] === "true",
  prepare: async () => {
    const port = await freePort();
    return {
      environment: { NATS_URL: `nats://127.0.0.1:${port}` },
      start: () =>
        run(NATS, /Server is ready/, (folder) => [
          ...["-a", "127.0.0.1", "-p", port, "-js", "-sd", join(folder, "js")],
        ]),
    };
  },
};

async function run(
  program: string,
  isReady: RegExp,
  args: (folder: string) => readonly string[],
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "chat-engine-"));
  const child = spawn(program, args(folder), { stdio: ["ignore", "pipe", "pipe"] });
  onTestFinished(async () => {
    await kill(child);
    await rm(folder, { recursive: true, force: true });
  });
  await new Promise<void>((resolve, reject) => {
    let output = "";
    const read = (text: string): void => {
      output += text;
      if (isReady.test(output)) resolve();
    };
    child.stdout.setEncoding("utf8").on("data", read);
    child.stderr.setEncoding("utf8").on("data", read);
    child.once("exit", (code) => reject(new Error(`${program} ended with ${code}: ${output}`)));
  });
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill("SIGKILL");
  await once(child, "exit");
}

/** A port that nobody has at the moment. */
export async function freePort(): Promise<string> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return String(port);
}
