// Connections that open and close; throughput is handshakes per second.
import type { Load } from "./load.ts";

export const handshakes: readonly Load[] = [
  {
    name: "handshake",
    title: "handshake and close",
    per: "handshake",
    drive: "handshake",
    connections: 0,
    inFlight: 32,
    bytes: 0,
    // It goes through more code less often than messages do, so it takes longer until all of that is compiled.
    warmUpMs: 2500,
  },
];
