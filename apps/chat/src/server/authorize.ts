// Who may do what in which room: the one place that says so.
import type { RoomAction } from "@ws/rooms";
import { readFileRoom } from "../shared/files.ts";
import { readRoom } from "../shared/names.ts";
import type { Person } from "../shared/person.ts";

/** @param person whose session is good; nobody else gets as far as this */
export function mayUse(action: RoomAction, person: Person, room: string): boolean {
  // Everybody hears of rooms; the server tells of them.
  if (room === "directory") return action === "join" || action === "recover" || action === "history";
  // Who knows an invite-only room by its name was invited: it cannot be guessed.
  if (readRoom(room) !== undefined) return true;
  // Of a file its owner sends the bytes. Whoever knows its name, which cannot be guessed either, gets them over HTTP.
  return action === "publish" && readFileRoom(room)?.ownerKey === person.key;
}
