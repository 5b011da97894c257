// Talks in a room, from a terminal: node dist/talk.js NAME URL… After a break it goes on at the next of the addresses.
import { createInterface } from "node:readline";
import { connect, ReconnectingConnection } from "@ws/client";
import { RoomClient, SUBPROTOCOL } from "@ws/rooms/client";
import { protocol } from "./protocol.ts";

const [name = "somebody", ...urls] = process.argv.slice(2);
if (urls.length === 0) urls.push("ws://localhost:8080", "ws://localhost:8081");

let attempts = 0;
const socket = new ReconnectingConnection({
  connect,
  url: () => `${urls[attempts++ % urls.length]}/?name=${encodeURIComponent(name)}`,
  options: { protocols: [SUBPROTOCOL] },
  baseDelayMs: 100,
  maxDelayMs: 1_000,
});
const client = new RoomClient(protocol, socket);
const room = client.join("chat");

room.on("message", (text, { from }) => console.log(`${from}: ${text}`));
room.observe((change) => {
  if (change.type === "joined") console.log("(here)");
  if (change.type === "interrupted") console.log("(the connection broke)");
  if (change.type === "recovered") console.log(`(back, and told ${change.missed} that were missed)`);
  if (change.type === "gap") console.log("(back, but something was missed for good)");
});

for await (const line of createInterface({ input: process.stdin })) {
  // Waits for a connection where there is none, and is published once, however often it has to be sent.
  const result = await room.publish("message", line).result;
  if (result.status === "failed") console.log(`(not said: ${result.error.message})`);
}
client.close();
