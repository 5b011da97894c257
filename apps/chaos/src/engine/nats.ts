// A real nats-server with JetStream on disk, on a port of its own, with a folder of its own.
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { EngineServer } from "./engine.ts";
import { startServer } from "./server-process.ts";

/** Debian puts it where not everybody's path leads. */
const PROGRAM = "/usr/sbin/nats-server";

export const hasNats: boolean = existsSync(PROGRAM);

export function startNats(): Promise<EngineServer> {
  return startServer({
    program: PROGRAM,
    args: (port, folder) => ["-a", "127.0.0.1", "-p", String(port), "-js", "-sd", join(folder, "js")],
    ready: "Server is ready",
  });
}
