// More than one core: processes that share a port, and processes behind a proxy that shares them out.
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { once } from "node:events";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it, onTestFinished } from "vitest";
import { type Connection, connect, type ConnectOptions, type Message } from "@ws/client";
import { hasProgram } from "../behaviour/programs.ts";
import { HAPROXY, startBalancer } from "../behaviour/proxies.ts";

const here = dirname(fileURLToPath(import.meta.url));

async function start(
  script: string,
  ...args: string[]
): Promise<{ child: ChildProcessWithoutNullStreams; port: number }> {
  const child = spawn(process.execPath, [join(here, script), ...args]);
  child.stderr.pipe(process.stderr);
  onTestFinished(async () => {
    const ended = child.exitCode === null && child.signalCode === null ? once(child, "exit") : undefined;
    child.stdin.end();
    await ended;
  });
  const [line] = (await once(child.stdout, "data")) as [Buffer];
  return { child, port: Number(line) };
}

/** A connection, what the server said first, and the messages behind it. */
async function enter(
  url: string,
  options?: ConnectOptions,
): Promise<{ connection: Connection; greeting: string; messages: AsyncIterator<Message> }> {
  const connection = await connect(url, options);
  const messages = connection[Symbol.asyncIterator]();
  const greeting = (await messages.next()).value as string;
  return { connection, greeting, messages };
}

describe("several processes", () => {
  it("share a port through node:cluster, and one that dies takes only its own connections along", async () => {
    const { child, port } = await start("cluster-server.mjs", "2");
    const url = `ws://localhost:${port}/`;
    const clients = await Promise.all(Array.from({ length: 20 }, () => enter(url)));
    const pids = [...new Set(clients.map(({ greeting }) => greeting))];
    expect(pids).toHaveLength(2);

    const [victim] = pids as [string];
    child.stdin.write(`${victim}\n`);
    const lost = clients.filter(({ greeting }) => greeting === victim);
    const others = clients.filter(({ greeting }) => greeting !== victim);
    for (const { connection } of lost) expect(await connection.closed).toMatchObject({ code: 1006 });
    for (const { connection, messages } of others) {
      connection.send("still there?");
      expect((await messages.next()).value).toBe("still there?");
    }
    const { greeting } = await enter(url);
    expect(greeting, "who takes new ones").not.toBe(victim);

    child.stdin.end();
    for (const { connection } of others) expect(await connection.closed).toMatchObject({ code: 1012 });
  });

  it.runIf(hasProgram(HAPROXY))("stand behind a proxy, which tells them who connects", async () => {
    const servers = await Promise.all([start("process-server.mjs"), start("process-server.mjs")]);
    const proxy = await startBalancer(servers.map(({ port }) => port));
    onTestFinished(() => proxy.stop());
    const clients = await Promise.all(
      Array.from({ length: 6 }, (_, i) =>
        enter("ws://proxied.example/", {
          socketPath: proxy.socketPath,
          headers: { "X-Forwarded-For": `198.51.100.${i}` },
        }),
      ),
    );
    const seen = clients.map(({ greeting }) => greeting.split(" ") as [string, string]);
    expect(new Set(seen.map(([pid]) => pid)).size, "processes").toBe(2);
    expect(seen.map(([, address]) => address).toSorted()).toEqual(seen.map((_, i) => `198.51.100.${i}`));
    await Promise.all(clients.map(({ connection }) => connection.close()));
  });
});
