// One message to a thousand connections.
import type { Load } from "./load.ts";

const BROADCAST = {
  per: "delivery",
  drive: "broadcast",
  connections: 1000,
  inFlight: 1,
  bytes: 128,
} as const;

const ROOM = { ...BROADCAST, text: true, room: true } as const;

export const broadcasts: readonly Load[] = [
  { ...BROADCAST, name: "broadcast-x1", title: "broadcast of 128 B to 1,000, one per tick", perTick: 1 },
  { ...BROADCAST, name: "broadcast-x16", title: "broadcast of 128 B to 1,000, 16 per tick", perTick: 16 },
  {
    ...BROADCAST,
    name: "broadcast-deflate",
    title: "compressed broadcast of 1 KiB to 1,000, one per tick",
    bytes: 1024,
    perTick: 1,
    compression: "none",
  },
  {
    ...BROADCAST,
    name: "broadcast-deflate-x16",
    title: "compressed broadcast of 1 KiB to 1,000, 16 per tick",
    bytes: 1024,
    perTick: 16,
    compression: "none",
  },
  // As text, which is all that Socket.IO has in one frame.
  { ...ROOM, name: "room-x1", title: "a room of 1,000, 128 B of text, one per tick", perTick: 1 },
  { ...ROOM, name: "room-x16", title: "a room of 1,000, 128 B of text, 16 per tick", perTick: 16 },
];
