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
   * sent, and the connection closes with 1013. Default: 16 MiB.
   */
  readonly maxBufferedBytes?: number;
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
   * How long the peer has to send anything at all after that ping, in milliseconds. The ping waits behind what was sent
   * before: where messages of many megabytes go over slow links, give more. Default: 10 000.
   */
  readonly pongTimeoutMs?: number;
  /**
   * How long a closing may go without getting on, from the first close frame to the end of the transport, in
   * milliseconds; then it is destroyed. What reaches the transport starts the time anew, but one large message, or all
   * of a tick, does so only as a whole: where that takes seconds, give more. Default: 5 000.
   */
  readonly closeTimeoutMs?: number;
}

/** {@link ConnectionOptions} with every default filled in. */
export type ResolvedConnectionOptions = Required<ConnectionOptions>;

/**
 * Checks the options and fills in the defaults, which depend on the role.
 *
 * @throws RangeError for a number that is not whole, or out of its range; TypeError for what is no number.
 */
export function resolveConnectionOptions(role: Role, options: ConnectionOptions): ResolvedConnectionOptions {
  const MiB = 1024 * 1024;
  return {
    maxMessageBytes: numberOption(options, "maxMessageBytes", role === "server" ? MiB : 16 * MiB),
    maxBufferedBytes: numberOption(options, "maxBufferedBytes", 16 * MiB),
    highWaterMarkBytes: numberOption(options, "highWaterMarkBytes", 64 * 1024),
    pingIntervalMs: numberOption(options, "pingIntervalMs", 30_000, MAX_TIMER_MS),
    pongTimeoutMs: numberOption(options, "pongTimeoutMs", 10_000, MAX_TIMER_MS),
    closeTimeoutMs: numberOption(options, "closeTimeoutMs", 5000, MAX_TIMER_MS),
  };
}
