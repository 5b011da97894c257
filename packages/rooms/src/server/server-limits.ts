// What one client may cost a room server: each bound an option with a default, checked once.
import { MAX_TIMER_MS, numberOption } from "../number-option.ts";
import { MAX_BATCH } from "../wire/message-shapes.ts";

/** What is remembered of one message, at most, in bytes. */
export const DEFAULT_MAX_ENTRY_BYTES: number = 64 * 1024;

/** Bounds of what one connection may ask for; whoever goes beyond is refused, and told why. */
export interface RoomServerLimits {
  /** Rooms that one connection may be in. Default: 100. */
  readonly maxRoomsPerConnection?: number;
  /** Questions, publishes and events of one connection that are worked on at the same time. Default: 64. */
  readonly maxInFlight?: number;
  /** Requests to one client that are not answered yet. Default: 64. */
  readonly maxPendingRequests?: number;
  /** Messages in one publish, at most 1,000. Default: 100. */
  readonly maxBatch?: number;
  /** One published message as it is remembered, in bytes. Default: 64 KiB. */
  readonly maxEntryBytes?: number;
  /** What a person says of themselves where they are present, in bytes as it is remembered. Default: 1 KiB. */
  readonly maxPresenceBytes?: number;
  /** People that are told by name in one room; the others are only counted. Default: 1,000. */
  readonly maxPeople?: number;
  /** Entries of one page of history. Default: 100. */
  readonly maxPage?: number;
  /** Entries that a member may have missed; whoever has missed more is told of a gap. Default: 10,000. */
  readonly maxRecovered?: number;
  /**
   * Reads of the engine that may be under way at once, for all connections: joins with a position, pages of history, and rooms that
   * have missed something; the others wait for their turn. Hundreds are slower where the engine is near, a dozen where it
   * is milliseconds away. Default: 64.
   */
  readonly maxReads?: number;
  /** One message from a client, in UTF-16 code units of text or bytes. Default: 256 KiB. */
  readonly maxMessageBytes?: number;
  /** How long a client has to answer a request, where it is not said with the request, in milliseconds. Default: 10,000. */
  readonly requestTimeoutMs?: number;
  /**
   * How often those who are present are compared with what the engine knows, in rooms whose members want to know, in milliseconds:
   * a person on a node that died is gone within the engine's lease and two of these. Default: 5,000.
   */
  readonly presenceSyncMs?: number;
}

export type ResolvedServerLimits = Required<RoomServerLimits>;

/** @throws TypeError or RangeError for a value that makes no sense */
export function resolveServerLimits(options: RoomServerLimits): ResolvedServerLimits {
  const count = (name: keyof RoomServerLimits, fallback: number, max?: number): number =>
    numberOption(options, name, fallback, max, 1);
  return {
    maxRoomsPerConnection: count("maxRoomsPerConnection", 100),
    maxInFlight: count("maxInFlight", 64),
    maxPendingRequests: count("maxPendingRequests", 64),
    maxBatch: count("maxBatch", 100, MAX_BATCH),
    maxEntryBytes: count("maxEntryBytes", DEFAULT_MAX_ENTRY_BYTES),
    maxPresenceBytes: count("maxPresenceBytes", 1024),
    maxPeople: count("maxPeople", 1000),
    maxPage: count("maxPage", 100),
    maxRecovered: count("maxRecovered", 10_000),
    maxReads: count("maxReads", 64),
    maxMessageBytes: count("maxMessageBytes", 256 * 1024),
    requestTimeoutMs: count("requestTimeoutMs", 10_000, MAX_TIMER_MS),
    presenceSyncMs: count("presenceSyncMs", 5000, MAX_TIMER_MS),
  };
}
