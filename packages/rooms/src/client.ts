// The client half, for Node and browsers. Nothing it reaches imports Node.
export type { RoomClientOptions } from "./client/client-options.ts";
export { ClientPublisher } from "./client/client-publisher.ts";
export { ClientRoom, type JoinOptions } from "./client/client-room.ts";
export type { AnySocket, ClientSocket, ReconnectingSocket, StandardSocket } from "./client/client-socket.ts";
export type { HeardInfo, HistoryEntry, HistoryPage, HistoryRange } from "./client/heard.ts";
export type { MembershipState } from "./client/membership.ts";
export type { Publication, PublicationState, PublishResult } from "./client/publish-queue.ts";
export type { PublishMessageOptions } from "./client/room-outbox.ts";
export type { ClientRequestOptions } from "./client/direct-messages.ts";
export { RoomClient } from "./client/room-client.ts";
export { HEARTBEAT, SUBPROTOCOL } from "./client/subprotocol.ts";
export type { ClientChange, RoomChange } from "./client/room-change.ts";
export { defineRooms, RoomsProtocol } from "./definition/define-rooms.ts";
export type { DirectionKinds, RequestKind, RoomKind, RoomsDefinition } from "./definition/define-rooms.ts";
export {
  type InputOf,
  type OutputOf,
  type StandardIssue,
  type StandardResult,
  type StandardSchema,
  unchecked,
} from "./definition/standard-schema.ts";
export { RoomError, type RoomErrorCode } from "./room-error.ts";
export type { EngineStatus, Position } from "./room-log.ts";
