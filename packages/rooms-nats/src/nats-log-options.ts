// The options of a NATS engine, and their defaults.
import type { NodeConnectionOptions } from "@nats-io/transport-node";
import type { RoomLogOptions } from "@ws/rooms";
import { numberOption, type ResolvedRoomLogOptions, resolveRoomLogOptions } from "@ws/rooms/engine";

export interface NatsLogOptions extends RoomLogOptions {
  /**
   * How NATS is reached, as the client of NATS takes it: `{ servers: "nats://10.0.0.1:4222" }`, with `tls`, `user`, `token`,
   * `authenticator` and so on. Reconnecting and pings are ours. Default: a server without authentication on 127.0.0.1:4222.
   */
  readonly connection?: NodeConnectionOptions;
  /**
   * `true`: history in JetStream, which the server must have switched on. `false`: core NATS, which remembers nothing: messages
   * reach who listens right now, `read` finds nothing, every break is a gap, and no id is known a second time. Default: `true`.
   */
  readonly jetStream?: boolean;
  /**
   * Begins all names of subjects and streams: one for each application on a server. At most 32 letters, digits, `-` and `_`.
   * Default: `"rooms"`.
   */
  readonly prefix?: string;
  /**
   * How many streams share the rooms, each with a leader of its own: more of them spread over more servers. The same on all nodes; a
   * room that moves to another stream begins anew. Default: 1; at most 256.
   */
  readonly shards?: number;
  /** How many servers of a cluster keep each message, 1, 3 or 5. Default: 1. */
  readonly replicas?: number;
  /**
   * `"file"` survives the server, `"memory"` does not: after its restart every room begins anew, and everybody is told of a gap.
   * Default: `"file"`.
   */
  readonly storage?: "file" | "memory";
  /** How much one stream may hold in all, in bytes; the oldest messages go first, of whatever room. Default: what the server allows. */
  readonly maxStreamBytes?: number;
  /**
   * How long one answer may take, in ms; whoever waits longer is told `ENGINE_DOWN`, though what was asked may have been done.
   * Default: 5 seconds.
   */
  readonly requestTimeoutMs?: number;
  /** How often a silent server is asked whether it lives, in ms; two answers missing, it is given up. Default: 3 seconds. */
  readonly pingIntervalMs?: number;
}

/** {@link NatsLogOptions} with every default filled in. */
export interface ResolvedNatsLogOptions extends ResolvedRoomLogOptions {
  readonly connection: NodeConnectionOptions;
  readonly jetStream: boolean;
  readonly prefix: string;
  readonly shards: number;
  readonly replicas: number;
  readonly storage: "file" | "memory";
  readonly maxStreamBytes: number;
  readonly requestTimeoutMs: number;
  readonly pingIntervalMs: number;
  /** What holds for all rooms, so that the server can forget by age. */
  readonly commonRetention: ReturnType<ResolvedRoomLogOptions["retentionOf"]> | undefined;
}

/** @throws TypeError for a value of the wrong kind; RangeError for one that is out of its range */
export function resolveNatsLogOptions(options: NatsLogOptions): ResolvedNatsLogOptions {
  const resolved = resolveRoomLogOptions(options);
  const { connection = {}, jetStream = true, prefix = "rooms", storage = "file", replicas = 1 } = options;
  if (typeof prefix !== "string" || !/^[A-Za-z0-9_-]{1,32}$/.test(prefix)) {
    throw new RangeError(`Cannot set prefix to ${prefix}: it must be 1 to 32 letters, digits, "-" and "_"`);
  }
  if (storage !== "file" && storage !== "memory") {
    throw new RangeError(`Cannot set storage to ${String(storage)}: it must be "file" or "memory"`);
  }
  if (![1, 3, 5].includes(replicas)) {
    throw new RangeError(`Cannot set replicas to ${replicas}: it must be 1, 3 or 5`);
  }
  return {
    ...resolved,
    connection,
    jetStream,
    prefix,
    storage,
    replicas,
    shards: numberOption(options, "shards", 1, 256, 1),
    maxStreamBytes: numberOption(options, "maxStreamBytes", -1, Number.MAX_SAFE_INTEGER, 1),
    requestTimeoutMs: numberOption(options, "requestTimeoutMs", 5000, 600_000, 1),
    pingIntervalMs: numberOption(options, "pingIntervalMs", 3000, 600_000, 10),
    // It is the same for any room.
    commonRetention: typeof options.retention === "function" ? undefined : resolved.retentionOf("any"),
  };
}
