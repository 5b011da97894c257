export type { BroadcastOptions, SendOptions } from "./broadcast-options.ts";
export { defineRooms, RoomsProtocol } from "./definition/define-rooms.ts";
export type { DirectionKinds, RequestKind, RoomKind, RoomsDefinition } from "./definition/define-rooms.ts";
export type {
  AnswerInput,
  AnswerOutput,
  AskedInput,
  AskedOutput,
  DirectInput,
  DirectName,
  DirectOutput,
  EventInput,
  EventName,
  Heard,
  HeardName,
  KindOf,
  PresenceInput,
  PresenceOutput,
  RequestName,
  RoomName,
  SignalInput,
  SignalName,
} from "./definition/names-of.ts";
export {
  type InputOf,
  type OutputOf,
  type StandardIssue,
  type StandardResult,
  type StandardSchema,
  unchecked,
} from "./definition/standard-schema.ts";
export type { Follower, Following } from "./feed/follower.ts";
export { RoomFeeds, type RoomFeedsOptions } from "./feed/room-feeds.ts";
export { MemoryLog, type MemoryLogOptions } from "./memory-log.ts";
export { RoomError, type RoomErrorCode } from "./room-error.ts";
export type { RoomMember } from "./room-member.ts";
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
export { Rooms } from "./rooms.ts";
export type { RoomsOptions } from "./rooms-options.ts";
export type { SlowEvent } from "./slow-event.ts";
export type { SlowPolicy, SlowPolicyName, SlowPolicyOptions } from "./slow-policy.ts";
export type { SlowStats } from "./slow-stats.ts";
export type { ActionDetails, Authorize, RoomAction } from "./server/authorization.ts";
export type { Peer, PeerInfo, RequestOptions } from "./server/peer.ts";
export { type PublishOptions, RoomPublisher, type RoomPublisherOptions } from "./server/publisher.ts";
export type {
  ConnectionMiddleware,
  MessageMiddleware,
  RenewedSession,
  RoomServerOptions,
} from "./server/room-server-options.ts";
export { type RequestInfo, RoomServer } from "./server/room-server.ts";
export type { RoomSocket } from "./server/room-socket.ts";
export type { RoomServerLimits } from "./server/server-limits.ts";
