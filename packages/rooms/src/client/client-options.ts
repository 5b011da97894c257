// The options of a room client, checked once.
import { MAX_TIMER_MS, numberOption } from "../number-option.ts";

/** Bounds and deadlines of a {@link RoomClient}. */
export interface RoomClientOptions {
  /** How long an answer of the server may take, in milliseconds; for a request where it is not said with it. Default: 10,000. */
  readonly answerTimeoutMs?: number;
  /** How long a server may take to say welcome, in milliseconds; then the connection is given up. Default: 10,000. */
  readonly welcomeTimeoutMs?: number;
  /**
   * For how long after a message was sent for the first time it is sent again, in milliseconds. Shorter than the engine remembers ids
   * (`dedupeMs`), or a message may be published twice. Default: 60,000.
   */
  readonly retryWindowMs?: number;
  /** Published messages that wait, in all rooms; one more fails. Default: 1,000. */
  readonly maxQueuedMessages?: number;
  /** Of them, in bytes. Default: 4 MiB. */
  readonly maxQueuedBytes?: number;
  /** Questions that wait for the server to take them, or for a connection. Default: 1,000. */
  readonly maxPendingRequests?: number;
  /**
   * Messages of one room that wait for a validator that takes its time; beyond it the room is interrupted, and what was left out is
   * recovered when they are done. Events of the server's outside of rooms are then left out, and a fault. Default: 1,000.
   */
  readonly maxUnvalidated?: number;
  /** Requests of the server that are worked on at the same time; one more is refused. Default: 64. */
  readonly maxInFlight?: number;
}

export type ResolvedClientOptions = Required<RoomClientOptions>;

/** @throws TypeError or RangeError for a value that makes no sense */
export function resolveClientOptions(options: RoomClientOptions): ResolvedClientOptions {
  const timer = (name: keyof RoomClientOptions, fallback: number): number =>
    numberOption(options, name, fallback, MAX_TIMER_MS, 1);
  return {
    answerTimeoutMs: timer("answerTimeoutMs", 10_000),
    welcomeTimeoutMs: timer("welcomeTimeoutMs", 10_000),
    retryWindowMs: timer("retryWindowMs", 60_000),
    maxQueuedMessages: numberOption(options, "maxQueuedMessages", 1000),
    maxQueuedBytes: numberOption(options, "maxQueuedBytes", 4 * 1024 * 1024),
    maxPendingRequests: numberOption(options, "maxPendingRequests", 1000, undefined, 1),
    maxUnvalidated: numberOption(options, "maxUnvalidated", 1000, undefined, 1),
    maxInFlight: numberOption(options, "maxInFlight", 64, undefined, 1),
  };
}
