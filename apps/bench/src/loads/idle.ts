// Connections that are open and silent: what each of them keeps of the server's memory.
import type { Load } from "./load.ts";

const IDLE = { per: "connection", drive: "idle", connections: 10_000, inFlight: 0, bytes: 0 } as const;

export const idle: readonly Load[] = [
  { ...IDLE, name: "idle", title: "10,000 idle connections" },
  { ...IDLE, name: "idle-keepalive", title: "10,000 idle connections, keep-alive", keepAlive: true },
  {
    ...IDLE,
    // Each has sent and got one message.
    name: "idle-deflate",
    title: "10,000 idle connections, compression in use",
    bytes: 2048,
    compression: "default",
  },
  // Fewer: a handshake of TLS takes a millisecond of each side.
  { ...IDLE, name: "idle-tls", title: "2,000 idle connections over TLS", connections: 2000, tls: true },
];
