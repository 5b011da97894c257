// What the code of some READMEs asks for and npm does not have: a Redis whose address is in the environment, and nats-server.
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { Block } from "./readme.ts";

const REDIS = "/usr/bin/redis-server";

/** Why a README cannot run on this machine; `undefined` where it can. */
export function missingFor(blocks: readonly Block[]): string | undefined {
  const code = blocks.map((block) => block.code).join("\n");
  if (code.includes("REDIS_URL") && !existsSync(REDIS)) return "there is no redis-server on this machine";
  const folders = (process.env["PATH"] ?? "").split(delimiter).concat("/usr/sbin");
  const hasNats = folders.some((folder) => existsSync(join(folder, "nats-server")));
  if (code.includes("nats-server") && !hasNats) return "there is no nats-server on this machine";
  return undefined;
}

export class EngineServers implements AsyncDisposable {
  #redis: ChildProcess | undefined;
  #folder: string | undefined;

  /** The environment that the READMEs run in. */
  async start(): Promise<Record<string, string>> {
    // Debian's nats-server lives there, which is not on everybody's path.
    const env: Record<string, string> = { PATH: `${process.env["PATH"] ?? ""}${delimiter}/usr/sbin` };
    if (!existsSync(REDIS)) return env;
    this.#folder = await mkdtemp(join(tmpdir(), "redis-"));
    const socket = join(this.#folder, "socket");
    const args = ["--port", "0", "--unixsocket", socket, "--save", "", "--dir", this.#folder];
    this.#redis = spawn(REDIS, args, { stdio: "ignore" });
    for (let tries = 0; !existsSync(socket) && tries < 200; tries++) await delay(25);
    return { ...env, REDIS_URL: `unix:${socket}` };
  }

  /** Nothing is left of what another README said there. */
  async reset(): Promise<void> {
    if (this.#folder === undefined) return;
    const socket = connect(join(this.#folder, "socket"));
    socket.end("FLUSHALL\r\n");
    await once(socket.resume(), "close");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#redis?.kill();
    if (this.#folder !== undefined) await rm(this.#folder, { recursive: true, force: true });
  }
}
