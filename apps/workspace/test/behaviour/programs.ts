// Programs of the machine that tests talk through: started on a Unix socket in a folder of their own, so that no port can
// be taken, and ended by their own process. On a machine without them their tests are skipped; in CI that is a failure.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface Running {
  /** The Unix socket it listens on. */
  readonly socketPath: string;
  stop(): Promise<void>;
}

export function hasProgram(path: string): boolean {
  return existsSync(path) || process.env["CI"] === "true";
}

/**
 * @param configure makes the configuration, given the folder and the socket to listen on
 * @param command makes the arguments, given the folder and the file of the configuration
 */
export async function startProxy(
  program: string,
  configure: (folder: string, socketPath: string) => string,
  command: (folder: string, config: string) => readonly string[],
): Promise<Running> {
  const folder = await mkdtemp(join(tmpdir(), "proxy-"));
  const socketPath = join(folder, "front.sock");
  const config = join(folder, "proxy.conf");
  await writeFile(config, configure(folder, socketPath));
  const child = spawn(program, command(folder, config), { stdio: ["ignore", "pipe", "pipe"] });
  const said: string[] = [];
  for (const output of [child.stdout, child.stderr]) output.on("data", (text) => said.push(String(text)));
  try {
    await untilAnswers(socketPath, child);
  } catch (error) {
    child.kill("SIGKILL");
    throw new Error(`${program} does not start: ${said.join("")}`, { cause: error });
  }
  return {
    socketPath,
    async stop() {
      const ended = child.exitCode === null ? once(child, "exit") : undefined;
      child.kill("SIGKILL");
      await ended;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Until somebody accepts on the socket; the program cannot say when. */
async function untilAnswers(socketPath: string, child: ChildProcess): Promise<void> {
  for (const deadline = Date.now() + 10_000; Date.now() < deadline;) {
    if (child.exitCode !== null) throw new Error(`It ended with ${child.exitCode}`);
    const socket = connect(socketPath);
    try {
      await once(socket, "connect");
      return;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 10));
    } finally {
      socket.destroy();
    }
  }
  throw new Error("It does not listen");
}
