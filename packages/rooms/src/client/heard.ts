// What is heard in a room, with its types.
import type { RoomKind } from "../definition/define-rooms.ts";
import type { EventName, Heard } from "../definition/names-of.ts";
import type { Position } from "../room-log.ts";

/** What is known of something that was said. */
export interface HeardInfo {
  /** Who said it, where that is known. */
  readonly from: string | undefined;
  /** Where it is remembered; nothing for a signal, which is not. */
  readonly position: Position | undefined;
  /** When, in ms since 1970, by the clock of the engine; nothing for a signal. */
  readonly time: number | undefined;
  /** The id that its publisher gave: the one of a {@link Publication}, where it was ours. Nothing for a signal. */
  readonly id: string | undefined;
}

/** One remembered message. */
export type HistoryEntry<Kind extends RoomKind> = {
  [Name in EventName<Kind>]: {
    readonly event: Name;
    readonly data: Heard<Kind, Name>;
    readonly position: Position;
    readonly time: number;
    readonly id: string;
    readonly from: string | undefined;
  };
}[EventName<Kind>];

/** A stretch of what a room remembers. */
export interface HistoryPage<Kind extends RoomKind> {
  /** Oldest first. */
  readonly entries: readonly HistoryEntry<Kind>[];
  /** The history that it is of: see {@link Position}. */
  readonly epoch: string;
  /** The smallest number that is still remembered. */
  readonly first: number;
  /** The largest number that was ever given. */
  readonly last: number;
}

/** Which stretch. Without `before` and `after`: the newest. */
export interface HistoryRange {
  /** Only what was said before this number. */
  readonly before?: number;
  /** Only what was said after this number, the oldest of it. */
  readonly after?: number;
  /** The server may give fewer. Default: what it gives at most. */
  readonly limit?: number;
}
