// The options that all engines share: where they are checked and get their defaults, once.
import { MAX_TIMER_MS, numberOption } from "../number-option.ts";
import type { Retention, RoomLogOptions } from "../room-log.ts";

/** {@link RoomLogOptions} with every default filled in. */
export interface ResolvedRoomLogOptions {
  /** How much of a room's history is kept. */
  readonly retentionOf: (room: string) => Required<Retention>;
  /** How long the `id` of an entry is remembered. */
  readonly dedupeMs: number;
  /** For how long a node that is not heard of counts as alive. */
  readonly leaseMs: number;
}

/** @throws RangeError for a number that is not whole, or out of its range; TypeError for what is no number. */
export function resolveRoomLogOptions(options: RoomLogOptions): ResolvedRoomLogOptions {
  const { retention = {} } = options;
  return {
    retentionOf:
      typeof retention === "function" ? (room) => resolveRetention(retention(room)) : always(retention),
    dedupeMs: numberOption(options, "dedupeMs", 120_000, MAX_TIMER_MS, 1),
    // Renewed thrice as often: less would be a timer that never rests.
    leaseMs: numberOption(options, "leaseMs", 15_000, MAX_TIMER_MS, 30),
  };
}

function always(retention: Retention): () => Required<Retention> {
  const resolved = resolveRetention(retention);
  return () => resolved;
}

function resolveRetention(retention: Retention): Required<Retention> {
  return {
    maxEntries: numberOption(retention, "maxEntries", 1000),
    maxBytes: numberOption(retention, "maxBytes", 16 * 1024 * 1024),
    maxAgeMs: numberOption(retention, "maxAgeMs", 7 * 24 * 60 * 60 * 1000),
  };
}
