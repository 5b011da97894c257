// npm ws in the same place, with the keep-alive that its README recommends: one interval for all clients.
import { once } from "node:events";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { type WebSocket, WebSocketServer } from "ws";
import { HOST } from "../wire/address.ts";
import type { Subject, SubjectOptions } from "./subject.ts";

export async function startWs({ keepAliveMs, tls }: SubjectOptions): Promise<Subject> {
  const https = tls && createServer(tls);
  const server = new WebSocketServer(https === undefined ? { port: 0, host: HOST } : { server: https });
  https?.listen(0, HOST);
  const alive = new WeakSet<WebSocket>();
  server.on("connection", (socket) => {
    socket.on("error", () => {});
    socket.on("message", (data, isBinary) => socket.send(data, { binary: isBinary }));
    if (keepAliveMs === 0) return;
    alive.add(socket);
    socket.on("pong", markAlive);
  });
  function markAlive(this: WebSocket): void {
    alive.add(this);
  }
  const heartbeat =
    keepAliveMs === 0
      ? undefined
      : setInterval(() => {
          for (const socket of server.clients) {
            if (alive.delete(socket)) socket.ping();
            else socket.terminate();
          }
        }, keepAliveMs);
  await once(https ?? server, "listening");
  return {
    port: ((https ?? server).address() as AddressInfo).port,
    count: () => server.clients.size,
    close: async () => {
      clearInterval(heartbeat);
      for (const socket of server.clients) socket.terminate();
      https?.close();
      server.close();
      await once(server, "close");
    },
  };
}
