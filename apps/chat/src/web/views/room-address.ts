// The room of an address: `/r/general`, or `/r/~…/some-title` for a room that has no name of its own, whose title is only for people.
import { type ChatRoomName, readRoomPath, roomPath } from "../../shared/names.ts";

export interface RoomAddress {
  readonly room: ChatRoomName;
  readonly title: string | undefined;
}

const MAX_TITLE = 40;

export function readAddress(path: string): RoomAddress | undefined {
  const [, prefix, name, title, ...rest] = path.split("/");
  if (prefix !== "r" || name === undefined || rest.some((part) => part !== "")) return undefined;
  try {
    const known = readRoomPath(decodeURIComponent(name));
    if (known === undefined) return undefined;
    return { room: known.room, title: known.kind === "invite" ? readTitle(title ?? "") : undefined };
  } catch {
    return undefined;
  }
}

/** What somebody is sent to come into a room. */
export function inviteLink(origin: string, room: ChatRoomName, title: string | undefined): string {
  const path = origin + roomPath(room);
  return title === undefined ? path : `${path}/${encodeURIComponent(title)}`;
}

function readTitle(encoded: string): string | undefined {
  const title = decodeURIComponent(encoded)
    .replaceAll(/[\p{C}\p{Zl}\p{Zp}]/gu, "")
    .trim()
    .slice(0, MAX_TITLE);
  return title === "" ? undefined : title;
}
