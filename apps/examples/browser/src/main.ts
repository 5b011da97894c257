// Serves the page, and passes on what anybody says to everybody.
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import sirv from "sirv";
import { WebSocketServer } from "@ws/server";

const page = sirv(fileURLToPath(new URL("web", import.meta.url)), { etag: true });
const http = createServer((request, response) => page(request, response));

const server = new WebSocketServer({ server: http, path: "/ws", maxMessageBytes: 4096 });
server.on("connection", (connection) => {
  connection.on("message", (text) => {
    // Browsers cannot ping, so the page asks in this way whether there is still somebody.
    if (text === "ping") connection.send("pong");
    else for (const client of server.clients) client.send(text);
  });
});

http.listen(Number(process.env["PORT"] ?? 8080), () => {
  console.log(`A page at http://localhost:${(http.address() as AddressInfo).port}`);
});
