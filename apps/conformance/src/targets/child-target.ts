// Implementations that live in a process of their own: one program that serves echoes, one that loops over the cases.
// A process apart shares neither event loop nor memory with the suite, and may crash.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { Role } from "@ws/conformance";
import { localCertificate } from "./certificate.ts";
import type { ClientOptions, RunningServer, Setting, Target } from "./target.ts";

export interface ChildPrograms {
  readonly name: string;
  /** `node`, or another interpreter. */
  readonly command: string;
  /**
   * File in `peers/`. Its argument is JSON, `{ compression, http2, cert?, key? }` with paths of PEM files; it prints its
   * port on a line and serves until its input ends.
   */
  readonly server?: string;
  /** File in `peers/`. Its arguments are the URL of the list and JSON, `{ compression, http2, ca? }`. */
  readonly client?: string;
  /** Which of them speak RFC 8441 when they are told `http2`. Default: none. */
  readonly http2?: readonly Role[];
}

export function childTarget({ name, command, server, client, http2 = [] }: ChildPrograms): Target {
  const roles: Role[] = [
    ...(server === undefined ? [] : ["server" as const]),
    ...(client === undefined ? [] : ["client" as const]),
  ];
  return {
    name,
    roles,
    http2,
    startServer: (setting) => startServer(command, path(server ?? ""), setting),
    runClient: (listUrl, options) => runClient(command, path(client ?? ""), listUrl, options),
  };
}

function path(file: string): string {
  return fileURLToPath(new URL(`../../peers/${file}`, import.meta.url));
}

async function startServer(
  command: string,
  file: string,
  { tls, compression, http2 = false }: Setting,
): Promise<RunningServer> {
  const folder = await mkdtemp(join(tmpdir(), "conformance-"));
  const made = tls ? await localCertificate() : undefined;
  const files = made && { cert: join(folder, "cert.pem"), key: join(folder, "key.pem") };
  if (made !== undefined && files !== undefined) {
    await writeFile(files.cert, made.cert);
    await writeFile(files.key, made.key, { mode: 0o600 });
  }
  const child = spawn(command, [file, JSON.stringify({ compression, http2, ...files })], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const port = await firstLine(child, file);
  return {
    url: `${tls ? "wss" : "ws"}://127.0.0.1:${port}/`,
    ...(made !== undefined && { ca: made.cert }),
    async close() {
      const exited = once(child, "exit");
      child.stdin.end();
      await exited;
      await rm(folder, { recursive: true });
    },
  };
}

async function runClient(
  command: string,
  file: string,
  listUrl: string,
  { compression, http2, ca }: ClientOptions,
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "conformance-"));
  const caFile = ca === undefined ? undefined : join(folder, "ca.pem");
  if (ca !== undefined && caFile !== undefined) await writeFile(caFile, ca);
  const child = spawn(command, [file, listUrl, JSON.stringify({ compression, http2, ca: caFile })], {
    stdio: ["ignore", "inherit", "inherit"],
  });
  await once(child, "exit");
  await rm(folder, { recursive: true });
}

async function firstLine(child: ChildProcess, file: string): Promise<string> {
  const lines = createInterface({ input: child.stdout as NodeJS.ReadableStream });
  const [line] = (await Promise.race([
    once(lines, "line"),
    once(child, "exit").then(([code]) => [new Error(`${file} ended with ${code} before it listened`)]),
  ])) as [string | Error];
  if (line instanceof Error) throw line;
  return line;
}
