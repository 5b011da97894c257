// A real nats-server for a test: on a port of its own, with what it keeps in a folder of its own.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, watch } from "node:fs";
import { createServer } from "node:net";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Debian puts it where not everybody's path leads. */
const PROGRAM = existsSync("/usr/sbin/nats-server") ? "/usr/sbin/nats-server" : "nats-server";

export interface NatsServerOptions {
  readonly jetStream?: boolean;
  /** What whoever connects has to know. */
  readonly token?: string;
}

export class NatsServer {
  readonly #folder: string;
  readonly #jetStream: boolean;
  readonly #token: string | undefined;
  #process: ChildProcess | undefined;
  readonly #port: number;

  private constructor(folder: string, port: number, { jetStream = true, token }: NatsServerOptions) {
    this.#folder = folder;
    this.#port = port;
    this.#jetStream = jetStream;
    this.#token = token;
  }

  static async start(options: NatsServerOptions = {}): Promise<NatsServer> {
    const server = new NatsServer(await mkdtemp(join(tmpdir(), "nats-")), await freePort(), options);
    await server.#run();
    return server;
  }

  get port(): number {
    return this.#port;
  }

  /** Ends it as by power failure of its process. */
  async stop(): Promise<void> {
    await this.#kill();
  }

  /** The same, and starts it anew on the same port with what it has on disk. */
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
        this.#token === undefined ? "" : `authorization { token: "${this.#token}" }`,
        this.#jetStream ? `jetstream { store_dir: "${join(this.#folder, "js")}" }` : "",
      ].join("\n"),
    );
    const ready = firstFile(ports);
    this.#process = spawn(PROGRAM, ["-c", config, "--ports_file_dir", ports], { stdio: "ignore" });
    const died = once(this.#process, "exit").then(([code]) => {
      throw new Error(`Cannot start nats-server: it ended with ${String(code)}`);
    });
    died.catch(() => {});
    await Promise.race([ready, died]);
  }

  async #kill(): Promise<void> {
    if (this.#process === undefined) return;
    // It may have ended by itself.
    if (this.#process.exitCode === null && this.#process.signalCode === null) {
      const exited = once(this.#process, "exit");
      this.#process.kill("SIGKILL");
      await exited;
    }
    this.#process = undefined;
  }
}

/** The file of ports, when the server listens. */
async function firstFile(folder: string): Promise<string> {
  const look = async (): Promise<string | undefined> => {
    for (const name of await readdir(folder)) {
      const file = join(folder, name);
      if (name.endsWith(".ports") && (await readFile(file, "utf8")).trimEnd().endsWith("}")) return file;
    }
    return undefined;
  };
  // It watches before anybody looks, so that nothing comes in between: the watch of `fs/promises` begins later.
  const changes = watch(folder);
  try {
    for (;;) {
      const changed = once(changes, "change");
      const file = await look();
      if (file !== undefined) return file;
      await changed;
    }
  } finally {
    changes.close();
  }
}

/**
 * One that nobody uses now, and nobody is given by chance while a server is down: from below those of connections that are made.
 */
async function freePort(): Promise<number> {
  for (;;) {
    const port = 10_000 + Math.floor(Math.random() * 20_000);
    const server = createServer().listen(port, "127.0.0.1");
    try {
      await once(server, "listening");
    } catch {
      continue;
    }
    server.close();
    await once(server, "close");
    return port;
  }
}
