// An echo in a process of its own, on a port of its own; prints it, and ends with its input.
import { WebSocketServer } from "@ws/server";

const server = new WebSocketServer({ port: 0, host: "127.0.0.1", trustedProxies: ["127.0.0.1"] });
server.on("connection", (connection, _request, { remoteAddress }) => {
  connection.send(`${process.pid} ${remoteAddress}`);
  connection.on("message", (message) => connection.send(message));
});
server.on("listening", () => console.log(server.address().port));
process.stdin.on("end", () => process.exit()).resume();
