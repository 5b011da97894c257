// A page and its WebSockets on one TCP connection (RFC 8441). Clients without HTTP/2 get theirs over HTTP/1.1, on the same port.
import { readFile } from "node:fs/promises";
import { createSecureServer } from "node:http2";
import type { AddressInfo } from "node:net";
import { generate } from "selfsigned";
import { WebSocketServer } from "@ws/server";

const page = await readFile(new URL("../web/index.html", import.meta.url));

// Browsers speak HTTP/2 over TLS only. For a try the certificate vouches for itself, so they warn of it.
const { private: key, cert } = await generate([{ name: "commonName", value: "localhost" }], {
  keyType: "ec",
  extensions: [{ name: "subjectAltName", altNames: [{ type: 2, value: "localhost" }] }],
});

const http = createSecureServer(
  {
    key,
    cert,
    // A browser opens a WebSocket over HTTP/2 only where the page came that way. Others need this.
    allowHTTP1: true,
    // In megabytes, for each session: half a one for every WebSocket whose peer does not read. Default: 10.
    maxSessionMemory: 64,
  },
  (_request, response) => response.writeHead(200, { "Content-Type": "text/html" }).end(page),
);

// Attached before clients come: it has the server tell them, in its first frame, that they may ask for WebSockets.
const server = new WebSocketServer({ server: http, path: "/where", maxStreamsPerSession: 100 });
server.on("connection", (connection, { socket }, { httpVersion }) => {
  connection.send(JSON.stringify({ httpVersion, tcpPort: socket.remotePort }));
  // A WebSocket like any other: the stream of HTTP/2 is its transport.
  connection.on("message", (data) => connection.send(data));
});

http.listen(Number(process.env["PORT"] ?? 8443), () => {
  console.log(`HTTP/2 at https://localhost:${(http.address() as AddressInfo).port}`);
});
