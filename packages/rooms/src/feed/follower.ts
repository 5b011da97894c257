// Who is told what happens in a room, in order and without holes.
import type { Position, RoomEntry } from "../room-log.ts";

/** Hears a room through a {@link RoomFeed}. */
export interface Follower {
  /** The next entry: every one behind the position that `follow` gave, once, in order, but for those that a gap skipped. */
  onEntry(entry: RoomEntry): void;
  /** Something was announced: not remembered, and lost while the engine is down. */
  onAnnouncement(data: Uint8Array): void;
  /** What lies between the last entry and this position cannot be had any more; what follows is behind it. */
  onGap(position: Position): void;
}

/** A room that is followed. */
export interface Following {
  /** Where the follower came in: it is told what lies behind this, and can read what lies before. */
  readonly position: Position;
  /** It is told nothing more. Safe to call twice. */
  stop(): void;
}
