// The npm package `ws` as a peer: `server` echoes, prints its port and serves until its input ends; `client URL` converses.
import { once } from "node:events";
import { WebSocket, WebSocketServer } from "ws";
import { isSame, messages } from "./conversation.mjs";

const perMessageDeflate = { threshold: 0 };

if (process.argv[2] === "server") {
  const server = new WebSocketServer({ port: 0, host: "127.0.0.1", perMessageDeflate });
  server.on("connection", (socket) => {
    socket.on("message", (data, binary) => socket.send(data, { binary }));
  });
  await once(server, "listening");
  console.log(server.address().port);
  process.stdin.on("close", () => process.exit()).resume();
} else {
  const socket = new WebSocket(process.argv[3], "interop", { perMessageDeflate });
  await once(socket, "open");
  let echoed = true;
  for (const message of messages) {
    socket.send(message);
    const [data, isBinary] = await once(socket, "message");
    echoed &&= isSame(message, isBinary ? data : data.toString());
  }
  const { protocol, extensions } = socket;
  socket.close(4000, "done");
  await once(socket, "close");
  console.log(JSON.stringify({ echoed, protocol, compressed: extensions.includes("permessage-deflate") }));
}
