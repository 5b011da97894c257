// A real Redis that keeps whatever it has acknowledged, on a port of its own, with a folder of its own.
import { existsSync } from "node:fs";
import type { EngineServer } from "./engine.ts";
import { startServer } from "./server-process.ts";

const PROGRAM = "/usr/bin/redis-server";
const DURABLE = ["--save", "", "--appendonly", "yes", "--appendfsync", "always"];

export const hasRedis: boolean = existsSync(PROGRAM);

export function startRedis(): Promise<EngineServer> {
  return startServer({
    program: PROGRAM,
    args: (port, folder) => ["--port", String(port), "--bind", "127.0.0.1", "--dir", folder, ...DURABLE],
    // After it has loaded what it had.
    ready: "Ready to accept connections",
  });
}
