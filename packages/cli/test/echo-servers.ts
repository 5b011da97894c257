// Echo servers of several makes, each on a port of its own, ended with the test.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { WebSocketServer, type WebSocketServerOptions } from "@ws/server";
import { WebSocketServer as NpmServer } from "ws";
import { onTestFinished } from "vitest";

const PYTHON = "/usr/bin/python3";

const PYTHON_ECHO = `
import asyncio, logging, sys
import websockets
logging.getLogger("websockets").setLevel(logging.CRITICAL)
async def echo(socket):
    async for message in socket:
        await socket.send(message)
async def main():
    async with websockets.serve(echo, "127.0.0.1", 0) as server:
        print(server.sockets[0].getsockname()[1], flush=True)
        await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
asyncio.run(main())
`;

/** Starts one, and tells its URL. */
export type StartEcho = () => Promise<string>;

export async function ourEcho(options: Partial<WebSocketServerOptions> = {}): Promise<string> {
  const server = await ourServer(options);
  server.on("connection", (connection) => {
    connection.on("message", (data) => void connection.send(data));
  });
  return urlOf(server);
}

export async function ourServer(options: Partial<WebSocketServerOptions> = {}): Promise<WebSocketServer> {
  const server = new WebSocketServer({ port: 0, host: "127.0.0.1", ...options });
  await once(server, "listening");
  onTestFinished(() => server.shutdown({ deadlineMs: 0 }));
  return server;
}

export function urlOf(server: WebSocketServer): string {
  return `ws://127.0.0.1:${server.address()!.port}/`;
}

export async function npmEcho(): Promise<string> {
  const server = new NpmServer({ port: 0, host: "127.0.0.1" });
  server.on("connection", (socket) => {
    socket.on("message", (data, isBinary) => socket.send(data, { binary: isBinary }));
    socket.on("error", () => {});
  });
  await once(server, "listening");
  onTestFinished(() => server.close());
  return `ws://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

async function pythonEcho(): Promise<string> {
  const child = spawn(PYTHON, ["-c", PYTHON_ECHO], { stdio: ["pipe", "pipe", "inherit"] });
  onTestFinished(async () => {
    child.stdin.end();
    if (child.exitCode === null) await once(child, "exit");
  });
  const [line] = (await once(child.stdout, "data")) as [Buffer];
  return `ws://127.0.0.1:${String(line).trim()}/`;
}

/** All makes that are here; in CI that is all. */
export const makes: readonly { readonly make: string; readonly startEcho: StartEcho }[] = [
  { make: "@ws/server", startEcho: ourEcho },
  { make: "npm ws", startEcho: npmEcho },
  ...(existsSync(PYTHON) || process.env["CI"] === "true"
    ? [{ make: "python websockets", startEcho: pythonEcho }]
    : []),
];
