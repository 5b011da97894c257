// Messages that come back as they were sent, and messages that are only counted.
import type { Load } from "./load.ts";

const KiB = 1024;
const MiB = KiB * KiB;
const ECHO = { per: "message", drive: "echo", connections: 100, inFlight: 1 } as const;
const HTTP2 = { ...ECHO, http2: true } as const;

export const echoes: readonly Load[] = [
  { ...ECHO, name: "20B-x1", title: "20 B, one at a time", bytes: 20 },
  { ...ECHO, name: "20B-x16", title: "20 B, 16 in flight", bytes: 20, inFlight: 16 },
  { ...ECHO, name: "20B-x64", title: "20 B, 64 in flight", bytes: 20, inFlight: 64 },
  { ...ECHO, name: "1KiB-x16", title: "1 KiB, 16 in flight", bytes: KiB, inFlight: 16 },
  { ...ECHO, name: "64KiB", title: "64 KiB, one at a time", bytes: 64 * KiB },
  { ...ECHO, name: "1MiB", title: "1 MiB, one at a time", bytes: MiB, connections: 10 },
  {
    ...ECHO,
    name: "ingest-1MiB",
    title: "1 MiB, counted only",
    bytes: MiB,
    connections: 10,
    acknowledged: true,
  },
  { ...ECHO, name: "text-x1", title: "text of 40 B as strings, one at a time", bytes: 40, text: true },
  {
    ...ECHO,
    name: "text-x16",
    title: "text of 40 B as strings, 16 in flight",
    bytes: 40,
    text: true,
    inFlight: 16,
  },
  { ...HTTP2, name: "http2-20B-x1", title: "20 B, one at a time, over HTTP/2", bytes: 20 },
  { ...HTTP2, name: "http2-20B-x16", title: "20 B, 16 in flight, over HTTP/2", bytes: 20, inFlight: 16 },
];
