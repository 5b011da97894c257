// What the parts of a room server share, without the types of one declaration.
import type { RoomsDefinition, RoomsProtocol } from "../definition/define-rooms.ts";
import type { RoomFeeds } from "../feed/room-feeds.ts";
import type { RoomLog } from "../room-log.ts";
import type { Rooms } from "../rooms.ts";
import type { ClientMessage } from "../wire/messages.ts";
import type { RoomAction, ActionDetails } from "./authorization.ts";
import type { People } from "./people.ts";
import type { Peer } from "./peer.ts";
import type { RoomSocket } from "./room-socket.ts";
import type { RoomTable } from "./room-table.ts";
import type { ResolvedServerLimits } from "./server-limits.ts";

export type AnyPeer = Peer<RoomsDefinition, unknown>;
export type AnyMessage = Exclude<ClientMessage, { readonly type: "reply" | "error" | "ping" }>;

export interface PeerHost {
  readonly protocol: RoomsProtocol<RoomsDefinition>;
  readonly limits: ResolvedServerLimits;
  readonly log: RoomLog;
  /** Reads are in turn with theirs. */
  readonly feeds: RoomFeeds;
  readonly table: RoomTable;
  readonly members: Rooms<RoomSocket>;
  readonly watchers: Rooms<RoomSocket>;
  readonly connectionMiddleware: readonly ((peer: AnyPeer) => Promise<void> | void)[];
  readonly messageMiddleware: readonly ((
    message: AnyMessage,
    peer: AnyPeer,
    next: () => Promise<void>,
  ) => Promise<void> | void)[];
  readonly eventHandlers: ReadonlyMap<string, (data: unknown, peer: AnyPeer) => unknown>;
  readonly requestHandlers: ReadonlyMap<
    string,
    (data: unknown, peer: AnyPeer, info: { readonly signal: AbortSignal }) => unknown
  >;
  /** @throws RoomError where it is not allowed */
  readonly allow: (action: RoomAction, peer: AnyPeer, room: string, details?: ActionDetails) => Promise<void>;
  /** Who is in a room, as the engine knows it. */
  readonly peopleIn: (room: string) => Promise<People>;
  readonly renewSession: (peer: AnyPeer) => unknown;
  readonly reportFault: (error: Error) => void;
  readonly reportError: (error: unknown, peer: AnyPeer) => void;
}
