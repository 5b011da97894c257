// Other people's WebSockets, both ways, with compression: what they say to each other through us is what was said.
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, it, onTestFinished } from "vitest";
import { connect } from "@ws/client";
import { type CloseResult, WebSocketServer } from "@ws/server";
import { hasProgram } from "../behaviour/programs.ts";
import { messages } from "./peers/conversation.mjs";

const run = promisify(execFile);
const peers = join(dirname(fileURLToPath(import.meta.url)), "peers");
const PYTHON = "/usr/bin/python3";

interface Peer {
  readonly name: string;
  readonly command: string;
  readonly script: string;
  /** What it answers a close with. Default: the code it was sent. */
  readonly closesWith?: number;
}

const npmWs: Peer = { name: "npm ws", command: process.execPath, script: "npm-ws.mjs" };
const pythons: readonly Peer[] = hasProgram(PYTHON)
  ? [
      { name: "python websockets", command: PYTHON, script: "python-websockets.py" },
      { name: "python aiohttp", command: PYTHON, script: "python-aiohttp.py", closesWith: 1000 },
      { name: "python autobahn", command: PYTHON, script: "python-autobahn.py", closesWith: 1000 },
    ]
  : [];

/** Nodes that bring a client, from npm; only for the platform that they are built for. */
const builtIns: readonly Peer[] = ["node22", "node24"].flatMap((name) => {
  try {
    const manifest = createRequire(import.meta.url).resolve(`${name}/package.json`);
    const command = join(dirname(manifest), "bin/node");
    return [{ name, command, script: "built-in-client.mjs" }];
  } catch (error) {
    if (process.env["CI"] === "true") throw error;
    return [];
  }
});

describe.each([npmWs, ...pythons, ...builtIns])("$name as a client", (peer) => {
  it("converses with our server, compressed, and closes with a code", async () => {
    const server = new WebSocketServer({
      port: 0,
      protocols: ["interop"],
      perMessageDeflate: { thresholdBytes: 0 },
    });
    onTestFinished(() => server.shutdown());
    const closed = new Promise<CloseResult>((resolve) => {
      server.on("connection", (connection) => {
        connection.on("message", (message) => connection.send(message));
        connection.on("close", resolve);
      });
    });
    await once(server, "listening");
    const url = `ws://127.0.0.1:${server.address()!.port}/`;
    const mode = peer.script === "built-in-client.mjs" ? [] : ["client"];
    const { stdout } = await run(peer.command, [join(peers, peer.script), ...mode, url]);
    expect(JSON.parse(stdout)).toEqual({ echoed: true, protocol: "interop", compressed: true });
    expect(await closed).toEqual({ code: 4000, reason: "done", wasClean: true });
  });
});

describe.each([npmWs, ...pythons])("$name as a server", (peer) => {
  it("converses with our client, compressed, whole and in streams, and closes with a code", async () => {
    const child = spawn(peer.command, [join(peers, peer.script), "server"], {
      stdio: ["pipe", "pipe", "inherit"],
    });
    onTestFinished(async () => {
      child.stdin.end();
      if (child.exitCode === null) await once(child, "exit");
    });
    const [line] = (await once(child.stdout, "data")) as [Buffer];
    const connection = await connect(`ws://127.0.0.1:${String(line).trim()}/`, {
      protocols: "interop",
      perMessageDeflate: { thresholdBytes: 0 },
    });
    expect(connection.protocol).toBe("interop");
    expect(connection.extensions).toContain("permessage-deflate");
    const echoes = connection[Symbol.asyncIterator]();
    for (const message of messages) {
      connection.send(message);
      expect((await echoes.next()).value).toEqual(message);
    }
    const [, long] = messages as [string, string];
    const chunks = long.match(/[^]{1,10007}/g) ?? [];
    await connection.sendStream(chunks);
    expect((await echoes.next()).value).toBe(long);
    expect(await connection.close(4000, "done")).toMatchObject({
      code: peer.closesWith ?? 4000,
      wasClean: true,
    });
  });
});
