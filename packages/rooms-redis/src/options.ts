// The options of the engine: where they are checked and get their defaults, once.
import type { ConnectionOptions } from "node:tls";
import type { RoomLogOptions } from "@ws/rooms";
import {
  MAX_TIMER_MS,
  numberOption,
  resolveRoomLogOptions,
  type ResolvedRoomLogOptions,
} from "@ws/rooms/engine";
import { parseUrl } from "./address.ts";
import type { Address, LinkSettings } from "./link.ts";

/** Options of a {@link RedisLog}. */
export interface RedisLogOptions extends RoomLogOptions {
  /**
   * Where Redis is: `redis://user:password@host:6379/0`, `rediss://…` for TLS, `unix:/path/to/socket`. Of a Cluster one node is
   * enough to find the others; several are tried in turn. Default: `"redis://127.0.0.1:6379"`.
   */
  readonly url?: string | readonly string[];
  /** Instead of the one in the URL. */
  readonly username?: string;
  /** Instead of the one in the URL. */
  readonly password?: string;
  /** Of TLS, for `rediss:` URLs: `ca`, `cert`, `key`, … Certificates are verified unless you say otherwise here. */
  readonly tls?: ConnectionOptions;
  /** What all keys and channels begin with; without braces. Engines with the same one share their rooms. Default: `"ws:"`. */
  readonly prefix?: string;
  /**
   * Whether the server keeps whatever it has acknowledged, through restarts and failovers. Where it does not, every restart
   * and every failover begins new epochs, so that members are told of a gap instead of missing something without a word.
   * Default: the engine asks the server, and believes it with `appendfsync always` and no replicas. Say `true` only for a service
   * that promises it.
   */
  readonly keepsAcknowledged?: boolean;
  /** How long a room is known that nobody wrote to or read; afterwards its epoch is another one. Default: 30 days. */
  readonly forgetMs?: number;
  /** The largest `data` of one entry; what is larger is not appended, and skipped where it is found. Default: 4 MiB. */
  readonly maxEntryBytes?: number;
  /** The largest `data` that goes along with a notification; what is larger is read by whoever listens. Default: 64 KiB. */
  readonly maxNotifiedBytes?: number;
  /** How long it may take until a connection can be used. Default: 5 seconds. */
  readonly connectTimeoutMs?: number;
  /** How long nothing may come from a server that owes an answer; then the link counts as cut. Default: 3 seconds. */
  readonly commandTimeoutMs?: number;
  /** How often each link is tried, and each server asked whether it still is what it was. Default: 3 seconds. */
  readonly pingIntervalMs?: number;
  /** The longest pause between two attempts to connect; the first ones come sooner. Default: 2 seconds. */
  readonly maxReconnectDelayMs?: number;
}

/** {@link RedisLogOptions} with every default filled in. */
export interface ResolvedRedisLogOptions extends ResolvedRoomLogOptions {
  readonly seeds: readonly Address[];
  readonly link: LinkSettings;
  readonly prefix: string;
  readonly keepsAcknowledged: boolean | undefined;
  readonly forgetMs: number;
  readonly maxEntryBytes: number;
  readonly maxNotifiedBytes: number;
  readonly pingIntervalMs: number;
  readonly maxReconnectDelayMs: number;
}

const DAY_MS = 24 * 60 * 60 * 1000;

/** @throws TypeError for a value of the wrong kind; RangeError for a number out of its range. */
export function resolveOptions(options: RedisLogOptions): ResolvedRedisLogOptions {
  const urls = [options.url ?? "redis://127.0.0.1:6379"].flat();
  const parsed = urls.map((url) => parseUrl(url));
  const [first] = parsed;
  if (first === undefined) throw new TypeError("Cannot use url: it is an empty list");
  const { prefix = "ws:" } = options;
  if (!/^[!-z|~]*$/.test(prefix)) {
    throw new TypeError(
      `Cannot use prefix ${JSON.stringify(prefix)}: it must be printable ASCII without braces`,
    );
  }
  return {
    ...resolveRoomLogOptions(options),
    seeds: parsed.map(({ address }) => address),
    link: {
      username: options.username ?? first.username,
      password: options.password ?? first.password,
      database: first.database,
      tls: first.isTls ? (options.tls ?? {}) : undefined,
      connectTimeoutMs: numberOption(options, "connectTimeoutMs", 5000, MAX_TIMER_MS, 1),
      commandTimeoutMs: numberOption(options, "commandTimeoutMs", 3000, MAX_TIMER_MS, 1),
    },
    prefix,
    keepsAcknowledged: options.keepsAcknowledged,
    forgetMs: numberOption(options, "forgetMs", 30 * DAY_MS, undefined, 1),
    maxEntryBytes: numberOption(options, "maxEntryBytes", 4 * 1024 * 1024),
    maxNotifiedBytes: numberOption(options, "maxNotifiedBytes", 64 * 1024),
    pingIntervalMs: numberOption(options, "pingIntervalMs", 3000, MAX_TIMER_MS, 1),
    maxReconnectDelayMs: numberOption(options, "maxReconnectDelayMs", 2000, MAX_TIMER_MS, 1),
  };
}
