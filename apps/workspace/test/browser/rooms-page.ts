// Runs inside the browser: the client half of typed rooms, over the browser's own class and over our reconnecting client.
import { connect, ReconnectingConnection } from "@ws/client/browser";
import { type AnySocket, RoomClient, SUBPROTOCOL } from "@ws/rooms/client";
import { protocol } from "./rooms-protocol.ts";

export interface RoomsFound {
  readonly heard: readonly unknown[];
  readonly statuses: readonly string[];
  readonly sum: number;
}

async function use(socket: AnySocket): Promise<RoomsFound> {
  const client = new RoomClient(protocol, socket);
  const room = client.join("chat/1");
  const heard: unknown[] = [];
  const hasHeard = new Promise<void>((resolve) => {
    room.on("message", (text) => heard.push(text));
    room.on("bytes", (bytes) => {
      heard.push([...bytes]);
      resolve();
    });
  });
  await room.joined;
  const results = await Promise.all([
    room.publish("message", "hello €").result,
    room.publish("bytes", new Uint8Array([1, 2, 3])).result,
  ]);
  await hasHeard;
  const sum = await client.request("add", [1, 2, 3]);
  client.close();
  return { heard, statuses: results.map(({ status }) => status), sum };
}

async function findRooms(url: string): Promise<RoomsFound[]> {
  const options = { protocols: [SUBPROTOCOL] };
  return [
    await use(new WebSocket(url, SUBPROTOCOL)),
    await use(new ReconnectingConnection({ connect, url, options })),
  ];
}
Object.assign(globalThis, { findRooms });
