// Servers and clients for a test, which end with it; and what they tell, in short and in order.
import { once } from "node:events";
import { createServer, type IncomingMessage, type RequestListener, type Server } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { onTestFinished } from "vitest";
import type { ClientOptions, ServerOptions, WebSocket, WebSocketServer } from "ws";
import type { Implementation } from "./implementations.ts";

export async function listen(
  implementation: Implementation,
  options: ServerOptions = {},
): Promise<{ wss: WebSocketServer; url: string; port: number }> {
  const wss = new implementation.WebSocketServer({ port: 0, host: "127.0.0.1", ...options });
  await once(wss, "listening");
  onTestFinished(() => {
    for (const each of wss.clients ?? []) each.terminate();
    wss.close();
  });
  const { port } = wss.address() as AddressInfo;
  return { wss, port, url: `ws://127.0.0.1:${port}` };
}

/** An http server, for what is to be done with requests by hand. */
export async function serve(
  listener?: RequestListener,
): Promise<{ http: Server; url: string; port: number }> {
  const http = createServer(listener);
  await once(http.listen(0, "127.0.0.1"), "listening");
  onTestFinished(() => {
    http.closeAllConnections();
    http.close();
  });
  const { port } = http.address() as AddressInfo;
  return { http, port, url: `ws://127.0.0.1:${port}` };
}

export interface Pair {
  readonly wss: WebSocketServer;
  readonly request: IncomingMessage;
  /** The server's WebSocket. */
  readonly server: WebSocket;
  readonly client: WebSocket;
}

/** A connection, open at both ends. */
export async function connect(
  implementation: { server: Implementation; client: Implementation },
  serverOptions: ServerOptions = {},
  clientOptions: ClientOptions = {},
  protocols: string[] = [],
): Promise<Pair> {
  const { wss, url } = await listen(implementation.server, serverOptions);
  const client = dial(implementation.client, url, protocols, clientOptions);
  const [[server, request]] = await Promise.all([
    once(wss, "connection") as Promise<[WebSocket, IncomingMessage]>,
    once(client, "open"),
  ]);
  return { wss, request, server, client };
}

export function dial(
  { WebSocket }: Implementation,
  url: string,
  protocols: string | string[] = [],
  options: ClientOptions = {},
): WebSocket {
  const client = new WebSocket(url, protocols, options);
  onTestFinished(() => {
    client.on("error", () => {});
    client.terminate();
  });
  return client;
}

const NAMES = ["open", "message", "ping", "pong", "error", "close", "upgrade", "redirect"] as const;

/** What a WebSocket tells from now on, in short. */
export function trace(ws: WebSocket): string[] {
  const events: string[] = [];
  for (const name of NAMES) {
    ws.on(
      name,
      (...args: unknown[]) => void events.push([name, ...args.map((each) => short(each))].join(" ")),
    );
  }
  return events;
}

function short(value: unknown): string {
  if (Buffer.isBuffer(value)) return JSON.stringify(value.toString());
  if (Array.isArray(value)) return `[${value.map((each) => short(each)).join()}]`;
  if (value instanceof ArrayBuffer) return `ArrayBuffer ${short(Buffer.from(value))}`;
  if (value instanceof Error) {
    const { code } = value as { code?: string };
    return `${value.constructor.name} ${code ?? "-"} ${value.message}`;
  }
  if (typeof value === "object") return value === null ? "null" : value.constructor.name;
  return typeof value === "string" ? value : (JSON.stringify(value) ?? "undefined");
}

/** The stream below, by the name that many know it by. */
export function socketOf(ws: WebSocket): Socket {
  return (ws as unknown as { _socket: Socket })._socket;
}

/** Both ends closed. */
export async function closed(...websockets: WebSocket[]): Promise<void> {
  const open = websockets.filter((ws) => ws.readyState !== ws.CLOSED);
  await Promise.all(open.map((ws) => new Promise((resolve) => ws.once("close", resolve))));
}
