// The address of a room, and the room of an address.
import { DEFAULT_ROOM, isRoom, judgeRoom } from "../../shared/names.ts";

export function roomPath(room: string): string {
  return `/r/${encodeURIComponent(room)}`;
}

/** The room that a path names; the default one for a path that names none. */
export function roomOfPath(path: string): string {
  const encoded = /^\/r\/([^/]+)\/?$/.exec(path)?.[1];
  if (encoded === undefined) return DEFAULT_ROOM;
  try {
    const verdict = judgeRoom(decodeURIComponent(encoded));
    return verdict.ok && isRoom(verdict.name) ? verdict.name : DEFAULT_ROOM;
  } catch {
    return DEFAULT_ROOM;
  }
}
