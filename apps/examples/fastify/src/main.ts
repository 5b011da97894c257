// Fastify and WebSockets on one port: people listen in rooms, and an HTTP route tells everybody in one, as a webhook would.
import Fastify from "fastify";
import { Rooms } from "@ws/rooms";
import { type Connection, WebSocketServer } from "@ws/server";

const app = Fastify();

const rooms = new Rooms<Connection>();
const server = new WebSocketServer({ server: app.server, path: "/rooms/:room" });
server.on("connection", (connection, _request, { params }) => {
  rooms.join(params.room, connection); // and leaves by itself when it closes
  // Who only listens is nevertheless read, or its goodbye would not be.
  connection.on("message", () => void connection.close(1008, "This is for listening only"));
});
// Fastify waits for all connections to end before it is closed; before that is the time to say goodbye.
app.addHook("preClose", () => server.shutdown({ deadlineMs: 2_000 }));

app.post<{ Params: { room: string }; Body: { text: string } }>(
  "/rooms/:room",
  {
    schema: {
      body: { type: "object", required: ["text"], properties: { text: { type: "string", maxLength: 1000 } } },
    },
  },
  // Encoded once, however many are there.
  ({ params, body }) => ({ told: rooms.broadcast(params.room, JSON.stringify({ text: body.text })) }),
);
app.get<{ Params: { room: string } }>("/rooms/:room", ({ params }) => ({ members: rooms.size(params.room) }));

const address = await app.listen({ port: Number(process.env["PORT"] ?? 8080), host: "localhost" });
console.log(`Fastify at http://localhost:${new URL(address).port}`);

for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => void app.close());
