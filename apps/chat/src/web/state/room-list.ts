// The list of rooms as it is shown: ours with what is unread, and the others to join. Pure.
import { type ChatRoomName, readRoom } from "../../shared/names.ts";

export interface RoomListEntry {
  readonly room: ChatRoomName;
  readonly label: string;
  readonly isInvite: boolean;
  readonly members: number;
  readonly unread: number;
}

/** What a room is called; one that is for those who have its link has the title that the link came with. */
export function roomLabel(room: string, title: string | undefined): string {
  const known = readRoom(room);
  if (known?.kind === "public") return known.name;
  return title ?? "private room";
}

export function joinedRooms(
  joined: readonly {
    readonly room: ChatRoomName;
    readonly label: string;
    readonly unread: number;
    readonly here: number;
  }[],
  counts: ReadonlyMap<string, number>,
): readonly RoomListEntry[] {
  return joined
    .map(({ room, label, unread, here }) => {
      const isInvite = readRoom(room)?.kind === "invite";
      return { room, label, isInvite, unread, members: isInvite ? here : (counts.get(room) ?? here) };
    })
    .toSorted(byLabel);
}

/** Those with most people first. */
export function otherRooms(
  joined: ReadonlyMap<string, unknown>,
  counts: ReadonlyMap<string, number>,
): readonly RoomListEntry[] {
  const entries: RoomListEntry[] = [];
  for (const [name, members] of counts) {
    const known = readRoom(name);
    if (known === undefined || joined.has(name)) continue;
    entries.push({
      room: known.room,
      label: roomLabel(name, undefined),
      isInvite: false,
      members,
      unread: 0,
    });
  }
  return entries.toSorted((a, b) => b.members - a.members || byLabel(a, b));
}

function byLabel(a: RoomListEntry, b: RoomListEntry): number {
  return a.label.localeCompare(b.label);
}
