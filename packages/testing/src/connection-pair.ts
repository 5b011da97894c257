// Connections in memory: two that talk to each other, or one and a peer that says whatever a test wants said.
import { Connection, type ConnectionInit } from "@ws/connection";
import { MemoryWire } from "./memory-wire.ts";
import type { Role } from "./raw-frame.ts";
import { RawPeer, type RawPeerOptions } from "./raw-peer.ts";

/** How the connections of a pair are made; see `ConnectionOptions` of `@ws/connection`. */
export interface PairInit {
  /** The subprotocol that both have agreed on. Default: none. */
  readonly protocol?: string;
  /** How the server's end is made, beside its role. Default: as `ConnectionOptions` say. */
  readonly server?: Omit<ConnectionInit, "role" | "protocol">;
  /** How the client's end is made, beside its role. Default: as `ConnectionOptions` say. */
  readonly client?: Omit<ConnectionInit, "role" | "protocol">;
  /** What carries the bytes. Default: a new one. */
  readonly wire?: MemoryWire;
}

/** Two connections, and what is between them. */
export interface ConnectionPair {
  readonly server: Connection;
  readonly client: Connection;
  readonly wire: MemoryWire;
}

/**
 * Both ends of one connection, open, without a handshake.
 *
 * @example
 * ```ts
 * const { server, client, wire } = connectionPair();
 * server.on("message", (data) => server.send(`you said ${data}`));
 * client.send("hello");
 * await wire.settle();
 * wire.toClient.takeFrames(); // → ["text you said hello"]
 * ```
 */
export function connectionPair(init: PairInit = {}): ConnectionPair {
  const { protocol = "", wire = new MemoryWire() } = init;
  return {
    server: new Connection(wire.server, { ...init.server, role: "server", protocol }),
    client: new Connection(wire.client, { ...init.client, role: "client", protocol }),
    wire,
  };
}

/** A connection, and a peer in the hands of a test. */
export interface ConnectionAndPeer {
  readonly connection: Connection;
  readonly peer: RawPeer;
  readonly wire: MemoryWire;
}

/**
 * A connection in a role and, in the other role, a peer that speaks raw frames.
 *
 * @example
 * ```ts
 * const { connection, peer } = connectionAndPeer("server");
 * peer.send(RawOpcode.ping, "you?");
 * await peer.expectNext("pong you?");
 * ```
 */
export function connectionAndPeer(
  role: Role,
  init: Omit<ConnectionInit, "role"> = {},
  peerOptions: Omit<RawPeerOptions, "role"> = {},
): ConnectionAndPeer {
  const wire = new MemoryWire();
  const other = role === "server" ? "client" : "server";
  return {
    connection: new Connection(wire[role], { ...init, role }),
    peer: new RawPeer(wire[other], { ...peerOptions, role: other }),
    wire,
  };
}
