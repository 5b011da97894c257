// A server and clients in a process of their own, with no listener for what a peer provokes: not even for connections.
// Prints its port. Each line of its input is the URL of a server to connect to; prints what became of it. Ends with its
// input.
import { createInterface } from "node:readline";
import { connect } from "@ws/client";
import { WebSocketServer } from "@ws/server";

const server = new WebSocketServer({
  port: 0,
  http2: true,
  perMessageDeflate: true,
  handshakeTimeoutMs: 1000,
  closeTimeoutMs: 200,
});
await new Promise((resolve) => server.once("listening", resolve));
console.log(server.address().port);

const lines = createInterface({ input: process.stdin });
lines.on("line", (url) => void tryOut(url));
lines.on("close", () => process.exit(0));

async function tryOut(url) {
  const outcome = await connect(url, {
    perMessageDeflate: true,
    handshakeTimeoutMs: 2000,
    closeTimeoutMs: 200,
  }).then(
    async (connection) => `closed ${(await connection.closed).code}`,
    (error) => `refused ${error.code}`,
  );
  console.log(outcome);
}
