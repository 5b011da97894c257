export type { Follower, Following } from "./feed/follower.ts";
export { RoomFeeds, type RoomFeedsOptions } from "./feed/room-feeds.ts";
export { MemoryLog, type MemoryLogOptions } from "./memory-log.ts";
export type { RoomMember } from "./room-member.ts";
export { type BroadcastOptions, Rooms, type RoomsOptions } from "./rooms.ts";
export {
  type Appended,
  EngineError,
  type EngineErrorCode,
  type EngineListener,
  type EngineStatus,
  type NewEntry,
  type Position,
  type PresenceRecord,
  type ReadRange,
  type Retention,
  type RoomEntry,
  type RoomListener,
  type RoomListening,
  type RoomLog,
  type RoomLogOptions,
  type RoomPage,
} from "./room-log.ts";
