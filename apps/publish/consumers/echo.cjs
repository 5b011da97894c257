// A package that is built on `ws` and cannot know what it is given for it.
const events = require("node:events");
const { WebSocket, WebSocketServer } = require("ws");

exports.given = require("ws/package.json").name;

/** Says something to a server of its own, and returns what came back. */
exports.converse = async () => {
  const server = new WebSocketServer({ host: "127.0.0.1", port: 0 });
  server.on("connection", (socket) => {
    socket.on("message", (data, isBinary) => socket.send(data, { binary: isBinary }));
  });
  await events.once(server, "listening");
  const socket = new WebSocket(`ws://127.0.0.1:${server.address().port}`);
  await events.once(socket, "open");
  socket.send("hello");
  const [data, isBinary] = await events.once(socket, "message");
  socket.close();
  server.close();
  await events.once(server, "close");
  return [data.toString(), isBinary];
};
