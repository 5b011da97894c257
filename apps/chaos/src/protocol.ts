// What members and nodes of a run say to each other, and how much rooms remember.
import { defineRooms, type Retention, type RoomsProtocol, type StandardSchema, unchecked } from "@ws/rooms";

/** Numbered by its publisher in its room, from 0. */
export interface ChaosMessage {
  readonly number: number;
  readonly padding: string;
}

interface ChaosRoomKind {
  readonly events: { readonly message: StandardSchema<ChaosMessage> };
}

/** `full` rooms remember enough for every break, those that are `short` do not: their members have to be told of gaps. */
export interface ChaosDefinition {
  readonly rooms: Readonly<Record<ChaosRoom, ChaosRoomKind>>;
}

const kind: ChaosRoomKind = { events: { message: unchecked() } };

export const protocol: RoomsProtocol<ChaosDefinition> = defineRooms<ChaosDefinition>({
  rooms: { full: kind, short: kind },
});

export type ChaosRoom = "full" | "short";
export type RoomName = `${ChaosRoom}/${string}`;

/** Every tenth room is short. */
export function roomName(index: number): RoomName {
  return `${index % 10 === 9 ? "short" : "full"}/${index}`;
}

const FULL_ENTRIES = 10_000;

/** @param shortEntries how much a short room remembers */
export function retentionFor(
  shortEntries: number,
): (room: string) => Required<Pick<Retention, "maxEntries">> {
  return (room) => ({ maxEntries: room.startsWith("short/") ? shortEntries : FULL_ENTRIES });
}
