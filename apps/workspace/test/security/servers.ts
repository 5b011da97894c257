// Servers as a stranger meets them, on any free port, gone when the test is over.
import { once } from "node:events";
import { type Connection, WebSocketServer, type WebSocketServerOptions } from "@ws/server";
import { onTestFinished } from "vitest";

export async function serve(
  options: WebSocketServerOptions = {},
): Promise<{ server: WebSocketServer; port: number }> {
  const server = new WebSocketServer({ port: 0, ...options });
  onTestFinished(() => server.shutdown({ deadlineMs: 0 }));
  await once(server, "listening");
  return { server, port: server.address()!.port };
}

export const echo = (connection: Connection): void => {
  connection.on("message", (data) => connection.send(data));
};
