// One message to a thousand connections.
import type { Load } from "./load.ts";

const BROADCAST = {
  per: "delivery",
  drive: "broadcast",
  connections: 1000,
  inFlight: 1,
  bytes: 128,
} as const;

export const broadcasts: readonly Load[] = [
  { ...BROADCAST, name: "broadcast-x1", title: "broadcast of 128 B to 1,000, one per tick", perTick: 1 },
  { ...BROADCAST, name: "broadcast-x16", title: "broadcast of 128 B to 1,000, 16 per tick", perTick: 16 },
  {
    ...BROADCAST,
    name: "broadcast-deflate",
    title: "compressed broadcast of 1 KiB to 1,000",
    bytes: 1024,
    perTick: 1,
    compression: "none",
  },
];
