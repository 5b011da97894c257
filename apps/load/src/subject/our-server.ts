// @ws/server as an application uses it that waits for messages.
import { once } from "node:events";
import { WebSocketServer } from "@ws/server";
import { HOST } from "../wire/address.ts";
import type { Subject, SubjectOptions } from "./subject.ts";

export async function startOurs({ keepAliveMs, tls }: SubjectOptions): Promise<Subject> {
  const server = new WebSocketServer({
    port: 0,
    host: HOST,
    pingIntervalMs: keepAliveMs,
    ...(tls !== undefined && { tls }),
  });
  server.on("connection", (connection) => connection.on("message", (data) => void connection.send(data)));
  await once(server, "listening");
  return {
    port: server.address()!.port,
    count: () => server.clients.size,
    close: () => server.shutdown({ deadlineMs: 1000 }),
  };
}
