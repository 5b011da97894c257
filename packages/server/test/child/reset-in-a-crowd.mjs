// A server with many HTTP/2 streams on one session, open ones and some in `authenticate`. The client resets one, and in
// that connection's `close` event the application does what applications do then. Says "survived", in a process of its
// own because Node 20 may not.
//   node reset-in-a-crowd.mjs own "terminate the others"
import { once } from "node:events";
import { connect, constants, createServer } from "node:http2";
import { reject, WebSocketServer } from "@ws/server";

const [where, scenario] = process.argv.slice(2);
const waiting = [];
const others = () => [...server.clients];

const SCENARIOS = {
  "terminate the others": () => others().forEach((connection) => connection.terminate()),
  "terminate the others a tick later": () => process.nextTick(SCENARIOS["terminate the others"]),
  "close the others": () => others().forEach((connection) => void connection.close()),
  "shut down": () => void server.shutdown({ deadlineMs: 0 }),
  "close the server": () => void server.close(),
  "refuse who waits": () => waiting.forEach(({ answer }) => answer(reject(401, "No"))),
  "fail at who waits": () => waiting.forEach(({ answer }) => answer(undefined)),
  "let in who waits": () => waiting.forEach(({ answer }) => answer({ context: undefined })),
  "destroy the session": (session) => session.destroy(),
  "destroy the socket": () => waiting[0].request.socket.destroy(),
  "throw everybody out": () => {
    SCENARIOS["terminate the others"]();
    SCENARIOS["refuse who waits"]();
    SCENARIOS["shut down"]();
  },
};

const http = where === "own" ? undefined : createServer();
const server = new WebSocketServer({
  ...(http === undefined ? { port: 0, host: "127.0.0.1", http2: true } : { server: http }),
  authenticate: (request) =>
    request.url === "/wait"
      ? new Promise((answer) => waiting.push({ request, answer }))
      : { context: undefined },
});
server.on("handshakeError", () => {});
let session;
http?.on("session", (begun) => (session = begun));
http?.listen(0, "127.0.0.1");
await once(http ?? server, "listening");

const client = connect(`http://127.0.0.1:${(http ?? server).address().port}`);
client.on("error", () => {});
await once(client, "remoteSettings");
const ask = (path) => {
  const headers = {
    ":method": "CONNECT",
    ":protocol": "websocket",
    ":scheme": "http",
    ":authority": "localhost",
  };
  const stream = client.request(
    { ...headers, ":path": path, "sec-websocket-version": "13" },
    { endStream: false },
  );
  return stream.on("error", () => {}).resume();
};
const open = Array.from({ length: 10 }, () => ask("/"));
await Promise.all(open.map((stream) => once(stream, "response")));
const asked = Array.from({ length: 10 }, () => ask("/wait"));
while (waiting.length < asked.length) await new Promise((resolve) => setImmediate(resolve));

const acted = new Promise((resolve) => {
  for (const connection of server.clients) {
    connection.once("close", () => {
      // Of the others too, as long as there are any.
      SCENARIOS[scenario](session);
      resolve();
    });
  }
});
// Some of those who wait hang up in the same segment.
open[5].destroy(new Error("reset"));
asked[3].end();
asked[4].close(constants.NGHTTP2_CANCEL);
await acted;
// What is sent and received because of it.
for (let round = 0; round < 50; round++) await new Promise((resolve) => setImmediate(resolve));
for (const { answer } of waiting) answer(reject(401, "No"));
client.destroy();
await server.shutdown({ deadlineMs: 0 });
http?.close();
const { connections, pendingHandshakes } = server.getStats();
console.log(connections + pendingHandshakes === 0 ? "survived" : "something is left");
