// Serves the page, and the rooms.
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import sirv from "sirv";
import { RoomServer } from "@ws/rooms";
import { WebSocketServer } from "@ws/server";
import { protocol } from "./protocol.ts";

const page = sirv(fileURLToPath(new URL("web", import.meta.url)), { etag: true });
const http = createServer((request, response) => page(request, response));

const hub = new RoomServer(protocol, { authorize: () => true });
const server = new WebSocketServer({ server: http, path: "/ws", protocols: [hub.subprotocol] });
server.on("connection", (connection, _request, { query }) => {
  hub.attach(connection, { person: query.get("name") || "somebody" });
});

http.listen(Number(process.env["PORT"] ?? 8080), () => {
  console.log(`A page at http://localhost:${(http.address() as AddressInfo).port}/?name=Ann`);
});
