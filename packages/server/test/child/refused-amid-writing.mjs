// Streams that are refused late, by a server of the built package, while their clients end, reset and leave: for as many
// seconds as it is told. It ends with "survived", or not at all.
import { once } from "node:events";
import { connect } from "node:http2";
import { reject, WebSocketServer } from "@ws/server";

const until = Date.now() + Number(process.argv[2]) * 1000;
const random = (below) => Math.floor(Math.random() * below);
const later = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

const server = new WebSocketServer({
  port: 0,
  http2: true,
  maxPendingHandshakes: 8,
  handshakeTimeoutMs: 150,
  authenticate: () => later(random(60)).then(() => reject(401, "No")),
});
server.on("handshakeError", () => {});
await once(server, "listening");
const url = `http://127.0.0.1:${server.address().port}`;

async function visit(session) {
  const stream = session.request(
    {
      ":method": "CONNECT",
      ":protocol": "websocket",
      ":scheme": "http",
      ":authority": "localhost",
      ":path": "/",
      "sec-websocket-version": "13",
    },
    { endStream: false },
  );
  stream.on("error", () => {});
  stream.resume();
  await later(random(60));
  if (random(2) === 0) stream.end();
  else stream.destroy();
  setTimeout(() => stream.destroy(), 100);
}

await Promise.all(
  Array.from({ length: 8 }, async () => {
    while (Date.now() < until) {
      const session = connect(url);
      session.on("error", () => {});
      // Where too many wait a session is ended before it has begun.
      await once(session, "remoteSettings").catch(() => {});
      for (let round = 0; round < 10; round++) {
        await Promise.all(Array.from({ length: 30 }, () => (session.destroyed ? undefined : visit(session))));
      }
      session.destroy();
    }
  }),
);
console.log("survived");
process.exit(0);
