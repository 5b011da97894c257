// An echo: what comes in goes out again, text as text and bytes as bytes.
import { WebSocketServer } from "@ws/server";

const server = new WebSocketServer({ port: Number(process.env["PORT"] ?? 8080) });

server.on("connection", (connection, _request, { remoteAddress }) => {
  console.log(`${remoteAddress} is there`);
  connection.on("message", (data) => connection.send(data));
  connection.on("close", ({ code }) => console.log(`${remoteAddress} has gone: ${code}`));
});
server.on("listening", () => console.log(`Echo at ws://localhost:${server.address()!.port}`));

// Whoever is told to stop says goodbye to everybody, waits for their answers, and then for nobody.
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.once(signal, () => void server.shutdown({ deadlineMs: 2_000 }));
}
