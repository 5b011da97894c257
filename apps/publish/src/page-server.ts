// What pages talk to: a server that echoes, cuts off whoever comes first, and has rooms.
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { defineRooms, RoomServer, unchecked } from "@ws/rooms";
import { WebSocketServer } from "@ws/server";

export interface PageServer {
  readonly url: string;
  close(): Promise<void>;
}

const protocol = defineRooms({
  rooms: { chat: { events: { message: unchecked<string>(), bytes: unchecked<Uint8Array>() } } },
  toServer: { requests: { add: { input: unchecked<number[]>(), output: unchecked<number>() } } },
});

export async function startServer(): Promise<PageServer> {
  const http = createServer((_request, response) =>
    response.setHeader("Content-Type", "text/html").end("<title>page</title>"),
  );
  const hub = new RoomServer(protocol, { authorize: () => true });
  hub.onRequest("add", (numbers) => numbers.reduce((sum, number) => sum + number));
  const server = new WebSocketServer({ server: http, protocols: [hub.subprotocol] });
  /** Those that were cut off once, by the path that they asked for. */
  const cut = new Set<string>();
  server.on("connection", (connection, { url = "/" }) => {
    if (connection.protocol === hub.subprotocol) return void hub.attach(connection);
    if (url.startsWith("/flaky/") && !cut.has(url)) {
      cut.add(url);
      return connection.terminate();
    }
    connection.on("message", (data) => connection.send(data));
  });
  http.listen(0, "localhost");
  await once(http, "listening");
  return {
    url: `ws://localhost:${(http.address() as AddressInfo).port}/`,
    close: async () => {
      await server.shutdown({ deadlineMs: 0 });
      await hub.close();
      http.closeAllConnections();
      await new Promise<void>((resolve) => void http.close(() => resolve()));
    },
  };
}
