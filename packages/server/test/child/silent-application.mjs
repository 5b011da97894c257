// A server that shuts down while its application thinks for ever about a client, and does not listen to its signal.
import { once } from "node:events";
import { connect } from "node:net";
import { WebSocketServer } from "@ws/server";

let tell;
const asked = new Promise((resolve) => (tell = resolve));
const server = new WebSocketServer({
  port: 0,
  host: "127.0.0.1",
  handshakeTimeoutMs: 60_000,
  authenticate: () => {
    tell();
    return new Promise(() => {});
  },
});
await once(server, "listening");
const socket = connect(server.address().port, "127.0.0.1");
socket.write(
  "GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n",
);
await asked;
const told = once(socket, "data");
await server.shutdown();
console.log((await told)[0].toString().split("\r\n", 1)[0]);
