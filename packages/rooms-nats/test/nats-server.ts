// A real nats-server for a test: on a port of its own, with what it keeps in a folder of its own.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, rm, watch, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Debian puts it where not everybody's path leads. */
const PROGRAM = existsSync("/usr/sbin/nats-server") ? "/usr/sbin/nats-server" : "nats-server";

export class NatsServer {
  readonly #folder: string;
  readonly #jetStream: boolean;
  #process: ChildProcess | undefined;
  #port = -1;

  private constructor(folder: string, jetStream: boolean) {
    this.#folder = folder;
    this.#jetStream = jetStream;
  }

  static async start({ jetStream = true }: { jetStream?: boolean } = {}): Promise<NatsServer> {
    const server = new NatsServer(await mkdtemp(join(tmpdir(), "nats-")), jetStream);
    await server.#run();
    return server;
  }

  get port(): number {
    return this.#port;
  }

  /** Ends it as by power failure of its process, and starts it anew on the same port with what it has on disk. */
  async restart(): Promise<void> {
    await this.#kill();
    await this.#run();
  }

  async close(): Promise<void> {
    await this.#kill();
    await rm(this.#folder, { recursive: true, force: true });
  }

  async #run(): Promise<void> {
    const config = join(this.#folder, "server.conf");
    const ports = join(this.#folder, "ports");
    await rm(ports, { recursive: true, force: true });
    await mkdir(ports);
    await writeFile(
      config,
      [
        `listen: "127.0.0.1:${this.#port}"`,
        // Entries of a mebibyte, and their headers.
        "max_payload: 2MB",
        this.#jetStream ? `jetstream { store_dir: "${join(this.#folder, "js")}" }` : "",
      ].join("\n"),
    );
    const ready = firstFile(ports);
    this.#process = spawn(PROGRAM, ["-c", config, "--ports_file_dir", ports], { stdio: "ignore" });
    const died = once(this.#process, "exit").then(([code]) => {
      throw new Error(`Cannot start nats-server: it ended with ${String(code)}`);
    });
    died.catch(() => {});
    const file = await Promise.race([ready, died]);
    const { nats } = JSON.parse(await readFile(file, "utf8")) as { nats: string[] };
    this.#port = Number(new URL(nats[0]!).port);
  }

  async #kill(): Promise<void> {
    if (this.#process === undefined) return;
    const exited = once(this.#process, "exit");
    this.#process.kill("SIGKILL");
    await exited;
    this.#process = undefined;
  }
}

/** The file of ports; it appears whole, under its name, when the server listens. */
async function firstFile(folder: string): Promise<string> {
  const stop = new AbortController();
  try {
    const changes = watch(folder, { signal: stop.signal });
    const look = async (): Promise<string | undefined> => {
      for (const name of await readdir(folder)) {
        if (!name.endsWith(".ports")) continue;
        const file = join(folder, name);
        if ((await readFile(file, "utf8")).trimEnd().endsWith("}")) return file;
      }
      return undefined;
    };
    // What came before the first change is told of is found by looking once.
    const early = await look();
    if (early !== undefined) return early;
    for await (const _ of changes) {
      const file = await look();
      if (file !== undefined) return file;
    }
    throw new Error(`Cannot find a file of ports in ${folder}`);
  } finally {
    stop.abort();
  }
}
