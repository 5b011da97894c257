// Whether the price of one stays the same when there are many: of connections, and of fragments of a message.
import type { Load } from "./load.ts";

const ECHO = { drive: "echo", inFlight: 1 } as const;
const CONNECTIONS = { ...ECHO, per: "message", bytes: 20, active: 100 } as const;
const FRAGMENTS = { ...ECHO, per: "fragment", connections: 1 } as const;

export const growth: readonly Load[] = [
  {
    ...CONNECTIONS,
    name: "connections-100",
    title: "20 B, 100 at a time, of 100 connections",
    connections: 100,
  },
  {
    ...CONNECTIONS,
    name: "connections-10000",
    title: "20 B, 100 at a time, of 10,000 connections",
    connections: 10_000,
  },
  {
    ...FRAGMENTS,
    name: "fragments-1024",
    title: "a message of 1,024 fragments of 16 B",
    bytes: 16 * 1024,
    fragments: 1024,
  },
  {
    ...FRAGMENTS,
    name: "fragments-65536",
    title: "a message of 65,536 fragments of 16 B",
    bytes: 1024 * 1024,
    fragments: 65_536,
  },
];
