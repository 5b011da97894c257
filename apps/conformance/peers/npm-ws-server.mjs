// An echo server over the npm package `ws`. Prints its port, and serves until its input ends.
//   node npm-ws-server.mjs '{ "compression": true, "cert": "cert.pem", "key": "key.pem" }'
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { WebSocketServer } from "ws";

const { compression = true, cert, key } = JSON.parse(process.argv[2] ?? "{}");
// What `ws` does by itself where it makes the HTTP server.
const plain = (_request, response) => response.writeHead(426).end();
const server =
  cert === undefined
    ? createServer(plain)
    : createTlsServer({ cert: readFileSync(cert), key: readFileSync(key) }, plain);

new WebSocketServer({ server, perMessageDeflate: compression }).on("connection", (socket) => {
  socket.on("error", () => {});
  socket.on("message", (data, isBinary) => socket.send(data, { binary: isBinary }));
});

server.listen(0, "127.0.0.1", () => console.log(server.address().port));
process.stdin.on("end", () => process.exit()).resume();
