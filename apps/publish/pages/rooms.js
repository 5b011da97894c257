// In a browser: typed rooms over its own WebSocket.
import { defineRooms, RoomClient, SUBPROTOCOL, unchecked } from "@ws/rooms/client";

const protocol = defineRooms({
  rooms: { chat: { events: { message: unchecked(), bytes: unchecked() } } },
  toServer: { requests: { add: { input: unchecked(), output: unchecked() } } },
});

globalThis.run = async (url) => {
  const client = new RoomClient(protocol, new WebSocket(url, SUBPROTOCOL));
  const room = client.join(`chat/${Math.random()}`);
  const heard = [];
  const hasHeard = new Promise((resolve) => {
    room.on("message", (text) => heard.push(text));
    room.on("bytes", (bytes) => {
      heard.push([...bytes]);
      resolve();
    });
  });
  await room.joined;
  await room.publish("message", "hello €").result;
  await room.publish("bytes", new Uint8Array([1, 2, 3])).result;
  await hasHeard;
  const sum = await client.request("add", [1, 2, 3]);
  client.close();
  return { heard, sum };
};
