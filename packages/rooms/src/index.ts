export type { RoomMember } from "./room-member.ts";
export { type BroadcastOptions, Rooms, type RoomsOptions } from "./rooms.ts";
