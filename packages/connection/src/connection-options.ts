// The options of a connection: what they mean, what they cost, and where they are checked, once.
import type { Role } from "@ws/frame";
import { MAX_TIMER_MS, numberOption } from "./number-option.ts";

/** Limits and deadlines of one connection. Every default is safe on the open internet. */
export interface ConnectionOptions {
  /**
   * The largest message accepted, in bytes, fragments summed up; a larger one fails the connection with 1009.
   * An unfinished message may hold up to twice as much memory while it grows.
   * Default: 1 MiB on a server, 16 MiB on a client.
   */
  readonly maxMessageBytes?: number;
  /**
   * Outgoing bytes that may wait for a peer that does not read. A message sent while more than this waits is not
   * sent; `whenBufferFull` says what happens instead. Default: 16 MiB.
   */
  readonly maxBufferedBytes?: number;
  /**
   * What happens to a message sent while more than `maxBufferedBytes` wait. `"close"` closes the connection with 1013;
   * `"drop"` refuses the message and leaves the connection open; `"wait"` lets `sendAsync` wait until there is room, and
   * refuses the message of a `send`, which cannot. How many wait there is for their caller to bound.
   * Default: `"close"`.
   */
  readonly whenBufferFull?: "close" | "drop" | "wait";
  /**
   * Outgoing bytes above which `send` returns `false`, to be followed by `drain`. Default: 64 KiB.
   */
  readonly highWaterMarkBytes?: number;
  /**
   * Silence of the peer after which it is sent a ping, in milliseconds: at least one and less than two of these
   * intervals; 0 switches keep-alive off.
   * Each connection then costs a timer and, when idle, 4 to 8 bytes each way per interval. Default: 30 000.
   */
  readonly pingIntervalMs?: number;
  /**
   * How long the peer has to send anything at all after that ping has left, in milliseconds. While more waits than the
   * transport takes, a peer that has read some of it within this time gets the same time again. Default: 10 000.
   */
  readonly pongTimeoutMs?: number;
  /**
   * How long a closing may go without getting on, from `close` or the peer's close frame to the end of the transport,
   * in milliseconds; then it is destroyed. Whenever the peer has read some of what waits, the time begins anew.
   * Default: 5 000.
   */
  readonly closeTimeoutMs?: number;
  /**
   * Messages a peer may send per second, and at once; more of them fail the connection with 1008. 0 sets no limit.
   * Default: 0.
   */
  readonly maxMessagesPerSecond?: number;
  /** As for messages, for bytes as they come off the wire; 64 KiB may always come at once. Default: 0. */
  readonly maxReceivedBytesPerSecond?: number;
  /** As for messages, for pings and pongs together. Default: 0. */
  readonly maxControlFramesPerSecond?: number;
}

/** {@link ConnectionOptions} with every default filled in. */
export type ResolvedConnectionOptions = Required<ConnectionOptions>;

/**
 * Checks the options and fills in the defaults, which depend on the role.
 *
 * @param base takes the place of the defaults
 * @throws RangeError for a number that is not whole, or out of its range; TypeError for what is no number.
 */
export function resolveConnectionOptions(
  role: Role,
  options: ConnectionOptions,
  base: ResolvedConnectionOptions = defaults(role),
): ResolvedConnectionOptions {
  const number = (name: Exclude<keyof ConnectionOptions, "whenBufferFull">, max?: number): number =>
    numberOption(options, name, base[name], max);
  return shared({
    maxMessageBytes: number("maxMessageBytes"),
    maxBufferedBytes: number("maxBufferedBytes"),
    whenBufferFull: policyOption(options.whenBufferFull, base.whenBufferFull),
    highWaterMarkBytes: number("highWaterMarkBytes"),
    pingIntervalMs: number("pingIntervalMs", MAX_TIMER_MS),
    pongTimeoutMs: number("pongTimeoutMs", MAX_TIMER_MS),
    closeTimeoutMs: number("closeTimeoutMs", MAX_TIMER_MS),
    maxMessagesPerSecond: number("maxMessagesPerSecond"),
    maxReceivedBytesPerSecond: number("maxReceivedBytesPerSecond"),
    maxControlFramesPerSecond: number("maxControlFramesPerSecond"),
  });
}

/** Those that were checked. */
const resolved = new WeakSet<ResolvedConnectionOptions>();

/** @throws TypeError for limits that {@link resolveConnectionOptions} did not return */
export function assertResolved(limits: ResolvedConnectionOptions): ResolvedConnectionOptions {
  if (limits === latest || resolved.has(limits)) return limits;
  throw new TypeError("Cannot take these limits: they are not what resolveConnectionOptions returned");
}

let latest: ResolvedConnectionOptions | undefined;

/** The connections of a server mostly have the same limits: then they have the same object, which nobody can change. */
function shared(options: ResolvedConnectionOptions): ResolvedConnectionOptions {
  const before = latest;
  const names = Object.keys(options) as (keyof ConnectionOptions)[];
  if (before !== undefined && names.every((name) => options[name] === before[name])) return before;
  latest = Object.freeze(options);
  resolved.add(latest);
  return latest;
}

function defaults(role: Role): ResolvedConnectionOptions {
  const MiB = 1024 * 1024;
  return {
    maxMessageBytes: role === "server" ? MiB : 16 * MiB,
    maxBufferedBytes: 16 * MiB,
    whenBufferFull: "close",
    highWaterMarkBytes: 64 * 1024,
    pingIntervalMs: 30_000,
    pongTimeoutMs: 10_000,
    closeTimeoutMs: 5000,
    maxMessagesPerSecond: 0,
    maxReceivedBytesPerSecond: 0,
    maxControlFramesPerSecond: 0,
  };
}

type Policy = ResolvedConnectionOptions["whenBufferFull"];

function policyOption(policy: Policy | undefined, fallback: Policy): Policy {
  if (policy === undefined) return fallback;
  if (policy === "close" || policy === "drop" || policy === "wait") return policy;
  throw new TypeError(`Cannot set whenBufferFull to ${String(policy)}: it is "close", "drop" or "wait"`);
}
