// Run by http2-resets.test.ts as a process of its own, because what it guards against blocks the event loop for good.
// Opens connections on one HTTP/2 session, has the server reset the first, and ends the others from inside of that.
import { once } from "node:events";
import { createServer } from "node:http2";
import { connect } from "@ws/client";

const endings = {
  "terminate in the close event": ({ first, endAll }) => first.on("close", endAll),
  "terminate a tick after the close event": ({ first, endAll }) =>
    first.on("close", () => process.nextTick(endAll)),
  "terminate once closed is resolved": ({ first, endAll }) => void first.closed.then(endAll),
  "abort a handshake": ({ first, endAll, controller }) =>
    first.on("close", () => {
      controller.abort();
      setImmediate(() => endAll());
    }),
  "end all, the session with them": ({ first, connections, endAll }) =>
    first.on("close", () => {
      for (const connection of connections) void connection.close();
      endAll();
    }),
};

const server = createServer({ settings: { enableConnectProtocol: true } });
const streams = [];
server.on("stream", (stream) => {
  stream.on("error", () => {});
  // The last one is left without an answer.
  if (streams.push(stream) < 4) stream.respond({ ":status": 200 });
  else server.emit("complete");
});
server.listen(0, "localhost");
await once(server, "listening");
const url = `ws://localhost:${server.address().port}/`;

const connections = [];
for (let i = 0; i < 3; i++) connections.push(await connect(url, { http2: "only" }));
const controller = new AbortController();
const complete = once(server, "complete");
const unanswered = connect(url, { http2: "only", signal: controller.signal }).catch(() => {});
await complete;

const endAll = () => {
  for (const connection of connections) connection.terminate();
  controller.abort();
};
endings[process.argv[2]]({ first: connections[0], connections, controller, endAll });
const CANCEL = 8;
streams[0].close(CANCEL);
const results = await Promise.all(connections.map(({ closed }) => closed));
await unanswered;
server.close();
console.log(results.map(({ code }) => code).join(" "));
