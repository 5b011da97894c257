// One node of several. What is said in a room Redis numbers, keeps, and tells to all nodes; so whoever loses this one goes on at
// another, and is told there what was said meanwhile.
import { RoomServer } from "@ws/rooms";
import { RedisLog } from "@ws/rooms-redis";
import { WebSocketServer } from "@ws/server";
import { protocol } from "./protocol.ts";

const log = new RedisLog({
  url: process.env["REDIS_URL"] ?? "redis://127.0.0.1:6379",
  retention: { maxEntries: 1000 },
});
log.watch({
  onStatus: (status) => console.log(`Redis is ${status}`),
  onFault: (error) => console.error(`Something in Redis is not ours: ${error.message}`),
});

const hub = new RoomServer(protocol, { log, authorize: () => true });
const server = new WebSocketServer({
  port: Number(process.env["PORT"] ?? 8080),
  protocols: [hub.subprotocol],
});
server.on("connection", (connection, _request, { query }) => {
  hub.attach(connection, { person: query.get("name") || "somebody" });
});
server.on("listening", () => console.log(`A node at ws://localhost:${server.address()!.port}`));

async function stop(): Promise<void> {
  // "Service restart": clients come back, to whichever node there is.
  await server.shutdown({ code: 1012, deadlineMs: 2_000 });
  await hub.close();
  await log.close();
}
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => void stop());
