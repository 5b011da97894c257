// Several connections at once, read into the one buffer of the process by a server and by clients, with every message
// kept to the end. Prints whether they are what was sent, and whether the server's sockets really were read that way.
import { subscribe } from "node:diagnostics_channel";
import { once } from "node:events";
import { connect } from "@ws/client";
import { isLent } from "@ws/frame";
import { WebSocketServer } from "@ws/server";

const SIZES = [0, 1, 20, 125, 126, 1000, 4096, 5000, 20_000, 65_535, 65_536, 200_000, 700_000];

function message(connection, index) {
  const bytes = new Uint8Array(SIZES[(connection + index) % SIZES.length]);
  for (let i = 0; i < bytes.length; i++) bytes[i] = i * 7 + (i >> 8) + connection * 31 + index;
  return bytes;
}

const server = new WebSocketServer({ port: 0, experimentalSharedReadBuffer: true });
let lent = 0;
subscribe("ws:transport:received", ({ connection, chunk }) => {
  if (server.clients.has(connection) && isLent(chunk)) lent++;
});
const kept = [];
server.on("connection", (connection) => {
  connection.on("message", (data) => {
    kept.push(data);
    connection.send(data);
  });
});
await once(server, "listening");
const url = `ws://127.0.0.1:${server.address().port}/`;
const clients = await Promise.all(Array.from({ length: 5 }, () => connect(url)));
const answers = await Promise.all(
  clients.map(async (client, number) => {
    for (let i = 0; i < 2 * SIZES.length; i++) client.send(message(number, i));
    const received = [];
    for await (const data of client) if (received.push(data) === 2 * SIZES.length) break;
    await client.close();
    return received;
  }),
);
await server.shutdown();

const hash = (bytes) => Buffer.from(bytes).toString("base64");
const isEqual = answers.every((received, number) =>
  received.every((data, i) => Buffer.compare(data, message(number, i)) === 0),
);
const sent = answers.flatMap((received, number) => received.map((_, i) => hash(message(number, i))));
const isKept = kept.map(hash).toSorted().join() === sent.toSorted().join();
console.log(JSON.stringify({ isEqual, isKept, isLent: lent > 0 }));
