// Who is compared: the program of each, what runs it, and which loads it can carry.
import type { Load } from "../loads/load.ts";

export interface Peer {
  readonly name: string;
  /** A module of this folder. */
  readonly module: string;
  readonly runtime: "node" | "bun" | "deno";
  /** What the generator speaks: WebSocket, Engine.IO or Socket.IO over WebSocket, or frames without a handshake. */
  readonly wire: "websocket" | "engine.io" | "socket.io" | "raw";
  readonly env?: Readonly<Record<string, string>>;
  /** The package whose version the report names. */
  readonly package?: string;
  can(load: Load): boolean;
}

const isServerLoad = (load: Load): boolean => load.drive !== "client" && load.http2 === undefined;
const isFast = (load: Load): boolean =>
  isServerLoad(load) && load.drive !== "idle" && load.room === undefined;

export const peers: readonly Peer[] = [
  { name: "own", module: "own", runtime: "node", wire: "websocket", can: () => true },
  {
    name: "own-fast",
    module: "own",
    runtime: "node",
    wire: "websocket",
    env: { SHARED_READ_BUFFER: "1" },
    // Over TLS and HTTP/2 it is the same as without.
    can: (load) => isServerLoad(load) && load.drive !== "idle" && load.tls === undefined,
  },
  {
    name: "own-compat",
    module: "ws",
    runtime: "node",
    wire: "websocket",
    env: { COMPAT: "1" },
    can: (load) => load.http2 === undefined,
  },
  {
    name: "ws",
    module: "ws",
    runtime: "node",
    wire: "websocket",
    env: { WS_NO_BUFFER_UTIL: "1" },
    package: "ws",
    can: (load) => load.http2 === undefined,
  },
  {
    name: "ws-bufferutil",
    module: "ws",
    runtime: "node",
    wire: "websocket",
    package: "bufferutil",
    can: (load) => load.http2 === undefined && load.drive !== "idle",
  },
  {
    name: "engine.io",
    module: "engine-io",
    runtime: "node",
    wire: "engine.io",
    // It is what ws would be, too, where bufferutil is not asked for.
    env: { WS_NO_BUFFER_UTIL: "1" },
    package: "engine.io",
    can: (load) =>
      isServerLoad(load) &&
      load.compression === undefined &&
      load.tls === undefined &&
      load.fragments === undefined &&
      load.room === undefined,
  },
  {
    name: "socket.io",
    module: "socket-io",
    runtime: "node",
    wire: "socket.io",
    env: { WS_NO_BUFFER_UTIL: "1" },
    package: "socket.io",
    can: (load) => load.room === true,
  },
  {
    name: "net",
    module: "net",
    runtime: "node",
    wire: "raw",
    can: (load) =>
      isServerLoad(load) &&
      load.compression === undefined &&
      load.room === undefined &&
      load.fragments === undefined &&
      load.keepAlive === undefined,
  },
  {
    name: "bun",
    module: "bun",
    runtime: "bun",
    wire: "websocket",
    package: "@oven/bun",
    can: isFast,
  },
  {
    name: "deno",
    module: "deno",
    runtime: "deno",
    wire: "websocket",
    package: "@deno",
    // It says nothing of permessage-deflate.
    can: (load) => isFast(load) && load.compression === undefined,
  },
  {
    name: "undici",
    module: "undici",
    runtime: "node",
    wire: "websocket",
    package: "undici",
    can: (load) => load.drive === "client",
  },
];

export const DEFAULT_PEERS: readonly string[] = peers.map(({ name }) => name);
export const SHORT_PEERS: readonly string[] = ["own", "ws", "net", "bun"];

/** @throws RangeError for a name that nobody has */
export function selectPeers(names: readonly string[]): readonly Peer[] {
  for (const name of names) {
    if (!peers.some((peer) => peer.name === name))
      throw new RangeError(`Cannot measure ${name}: there are ${DEFAULT_PEERS.join(", ")}`);
  }
  return peers.filter(({ name }) => names.includes(name));
}
