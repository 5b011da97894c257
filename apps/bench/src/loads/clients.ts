// Echoes seen from the other side: the client is the peer, what answers it is always the same.
import type { Load } from "./load.ts";

const CLIENT = { per: "message", drive: "client", connections: 100, inFlight: 1, bytes: 20 } as const;

export const clients: readonly Load[] = [
  { ...CLIENT, name: "client-20B-x1", title: "client, 20 B, one at a time" },
  { ...CLIENT, name: "client-20B-x16", title: "client, 20 B, 16 in flight", inFlight: 16 },
  { ...CLIENT, name: "client-1KiB-x16", title: "client, 1 KiB, 16 in flight", inFlight: 16, bytes: 1024 },
  { ...CLIENT, name: "client-64KiB", title: "client, 64 KiB, one at a time", bytes: 64 * 1024 },
];
