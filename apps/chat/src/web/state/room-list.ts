// The list of rooms: those we are in, with what is unread, and the others. Pure.
import type { Position, RoomSummary } from "../../shared/protocol.ts";

/** Up to where each room was read. Kept by the browser, so that a reload does not make everything new or old. */
export type ReadMarks = Readonly<Record<string, Position>>;

export interface RoomEntry {
  readonly room: string;
  readonly members: number;
  readonly unread: number;
}

export type RoomPositions = ReadonlyMap<string, Position>;

/** The counts after a change: a room without members is gone from them. */
export function withCounts(
  counts: ReadonlyMap<string, number>,
  changed: readonly RoomSummary[],
): ReadonlyMap<string, number> {
  const next = new Map(counts);
  for (const { room, members } of changed) {
    if (members === 0) next.delete(room);
    else next.set(room, members);
  }
  return next;
}

/** How many messages of a room were not read yet. */
export function unread(latest: Position, read: Position | undefined): number {
  if (read === undefined) return 0;
  // Another epoch is another history: all of it is new.
  return read.epoch === latest.epoch ? Math.max(0, latest.seq - read.seq) : latest.seq;
}

export function joinedRooms(
  positions: RoomPositions,
  counts: ReadonlyMap<string, number>,
  marks: ReadMarks,
): readonly RoomEntry[] {
  return [...positions]
    .map(([room, latest]) => ({
      room,
      members: counts.get(room) ?? 0,
      unread: unread(latest, Object.hasOwn(marks, room) ? marks[room] : undefined),
    }))
    .toSorted(byName);
}

export function otherRooms(
  positions: RoomPositions,
  counts: ReadonlyMap<string, number>,
): readonly RoomEntry[] {
  return [...counts]
    .filter(([room]) => !positions.has(room))
    .map(([room, members]) => ({ room, members, unread: 0 }))
    .toSorted((a, b) => b.members - a.members || byName(a, b));
}

function byName(a: RoomEntry, b: RoomEntry): number {
  return a.room.localeCompare(b.room);
}
