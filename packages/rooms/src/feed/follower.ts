// Who is told what happens in a room, in order and without holes.
import type { Position, RoomEntry } from "../room-log.ts";

/** Hears a room through {@link RoomFeeds}. */
export interface Follower {
  /** Called first, once: what lies behind this position is told, and what lies before can be read. */
  onStart(position: Position): void;
  /** The next entry: every one behind the position of the start, once, in order, but for those that a gap skipped. */
  onEntry(entry: RoomEntry): void;
  /** Something was announced: not remembered, and lost while the engine is down. */
  onAnnouncement(data: Uint8Array): void;
  /** What lies between the last entry and this position cannot be had any more; what follows is behind it. */
  onGap(position: Position): void;
}

/** A room that is followed. */
export interface Following {
  /** It is told nothing more. Safe to call twice. */
  readonly stop: () => void;
}
