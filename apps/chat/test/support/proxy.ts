// HAProxy and nginx as deploy/ has them, but for the addresses, which are those of a test.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished } from "vitest";
import { freePort } from "./engine-servers.ts";

const HAPROXY = "/usr/sbin/haproxy";
const NGINX = "/usr/sbin/nginx";
export const hasHaproxy: boolean = existsSync(HAPROXY) || process.env["CI"] === "true";
export const hasNginx: boolean = existsSync(NGINX) || process.env["CI"] === "true";

export const deployFolder: string = fileURLToPath(new URL("../../deploy/", import.meta.url));

/** @param nodes the addresses of two. @returns where the proxy is */
export async function startHaproxy(nodes: readonly [string, string]): Promise<string> {
  const port = await freePort();
  const config = await adapted("haproxy.cfg", [
    ["bind :8000", `bind 127.0.0.1:${port}`],
    ["one:8080", new URL(nodes[0]).host],
    ["two:8080", new URL(nodes[1]).host],
  ]);
  return await start(port, HAPROXY, config, (path) => ["-db", "-f", path]);
}

export async function startNginx(nodes: readonly [string, string]): Promise<string> {
  const port = await freePort();
  const site = await adapted("nginx.conf", [
    ["listen 8000", `listen 127.0.0.1:${port}`],
    ["127.0.0.1:8080", new URL(nodes[0]).host],
    ["127.0.0.1:8081", new URL(nodes[1]).host],
  ]);
  // What a distribution has around conf.d, without a second process.
  const config = (folder: string): string => `
    daemon off; master_process off; pid ${folder}/nginx.pid; error_log stderr warn;
    events { worker_connections 512; }
    http {
      access_log off;
      client_body_temp_path ${folder}/a; proxy_temp_path ${folder}/b; fastcgi_temp_path ${folder}/c;
      uwsgi_temp_path ${folder}/d; scgi_temp_path ${folder}/e;
      ${site}
    }`;
  return await start(port, NGINX, config, (path, folder) => ["-c", path, "-p", folder]);
}

/** A file of deploy/ with other addresses, all of which must be there. */
async function adapted(name: string, changes: readonly (readonly [string, string])[]): Promise<string> {
  let text = await readFile(join(deployFolder, name), "utf8");
  for (const [from, to] of changes) {
    if (!text.includes(from)) throw new Error(`Cannot use ${name}: there is no ${from} in it`);
    text = text.replaceAll(from, to);
  }
  return text;
}

async function start(
  port: string,
  program: string,
  config: string | ((folder: string) => string),
  args: (path: string, folder: string) => readonly string[],
): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "chat-proxy-"));
  const path = join(folder, "config");
  await writeFile(path, typeof config === "string" ? config : config(folder));
  const child = spawn(program, args(path, folder), { stdio: ["ignore", "ignore", "pipe"] });
  let output = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (output += text));
  onTestFinished(async () => {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill("SIGKILL");
      await once(child, "exit");
    }
    await rm(folder, { recursive: true });
  });
  const url = `http://127.0.0.1:${port}`;
  const status = async (): Promise<number | string> => {
    if (child.exitCode !== null) throw new Error(`${program} ended: ${output}`);
    return await fetch(`${url}/readyz`).then(
      (response) => response.status,
      (error: unknown) => String(error),
    );
  };
  await expect.poll(status, { timeout: 10_000 }).toBe(200);
  return url;
}
