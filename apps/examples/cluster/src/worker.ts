// A worker: a server like any other. That the port is shared it does not notice; what its members say it also tells the primary.
import cluster from "node:cluster";
import { Rooms } from "@ws/rooms";
import { type Connection, WebSocketServer } from "@ws/server";

/** What passes between the processes. */
export interface Said {
  readonly room: string;
  readonly text: string;
}

const rooms = new Rooms<Connection>();
const server = new WebSocketServer({ port: Number(process.env["PORT"] ?? 8080), path: "/:room" });
server.on("connection", (connection, _request, { params: { room } }) => {
  rooms.join(room, connection);
  connection.send(`You are with worker ${process.pid}`);
  connection.on("message", (data) => {
    const said: Said = { room, text: String(data) };
    rooms.broadcast(room, said.text, { except: connection });
    process.send!(said);
  });
});

process.on("message", (told: Said | "stop") => {
  if (told === "stop") void stop();
  else rooms.broadcast(told.room, told.text);
});

async function stop(): Promise<void> {
  // "Service restart", one after the other: not all are to come back in the same moment.
  await server.shutdown({ code: 1012, spreadMs: 500, deadlineMs: 3_000 });
  // Says to the primary that this end is meant, and with nothing left to do the process ends.
  cluster.worker!.disconnect();
}

// Ctrl+C in a terminal reaches all processes; the primary says when to end.
process.on("SIGINT", () => {});
