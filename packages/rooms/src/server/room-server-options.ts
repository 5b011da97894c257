// The options of a room server: whom it asks, and whom it tells.
import type { RoomsDefinition } from "../definition/define-rooms.ts";
import type { EngineStatus, RoomLog } from "../room-log.ts";
import type { RoomsOptions } from "../rooms-options.ts";
import type { ClientMessage } from "../wire/messages.ts";
import type { Authorize } from "./authorization.ts";
import type { Peer, PeerInfo } from "./peer.ts";
import type { RoomServerLimits } from "./server-limits.ts";
import type { RoomSocket } from "./room-socket.ts";

/** Options of a {@link RoomServer}. */
export interface RoomServerOptions<Definition extends RoomsDefinition, Context> extends RoomServerLimits {
  /**
   * Asked before anybody joins, recovers, publishes, reads history, or has to do with presence, and again for every room that
   * somebody is in when their session expires. There is no default: `() => true` lets everybody do everything.
   */
  readonly authorize: Authorize<Peer<Definition, Context>>;
  /** The engine. Whoever hands one in closes it. Default: a {@link MemoryLog} of this process. */
  readonly log?: RoomLog;
  /** Which members get what, and what becomes of slow ones. Default: as {@link Rooms} has it. */
  readonly rooms?: RoomsOptions<RoomSocket>;
  /**
   * Asked when a session expires, what is known of the client now; `undefined` for nothing. Whoever has no session any more is taken
   * out of all rooms and refused everything, as `SESSION_EXPIRED`. Default: nothing is known.
   */
  readonly renewSession?: (
    peer: Peer<Definition, Context>,
  ) => RenewedSession<Context> | undefined | Promise<RenewedSession<Context> | undefined>;
  /** The engine cannot be reached, or can again. Clients are told by themselves. */
  readonly onEngine?: (status: EngineStatus, error?: Error) => void;
  /** The engine held something that nobody of ours has written; it was skipped. Default: a warning of the process for the first one. */
  readonly onFault?: (error: Error) => void;
  /** A function of the application's threw, and somebody was told `INTERNAL`. Default: a warning of the process for the first one. */
  readonly onError?: (error: unknown, peer: Peer<Definition, Context> | undefined) => void;
}

/** What is known of a client from now on. */
export type RenewedSession<Context> = Partial<Pick<PeerInfo<Context>, "context">> &
  Pick<PeerInfo<Context>, "expiresAt">;

/** Runs around the handling of a message: code before `next` may refuse it with a RoomError, code after it sees how it went. */
export type MessageMiddleware<Definition extends RoomsDefinition, Context> = (
  message: Readonly<Exclude<ClientMessage, { readonly type: "reply" | "error" | "ping" }>>,
  peer: Peer<Definition, Context>,
  next: () => Promise<void>,
) => Promise<void> | void;

/** Runs for a new client before anything it says is looked at; what it throws ends the connection with 1008. */
export type ConnectionMiddleware<Definition extends RoomsDefinition, Context> = (
  peer: Peer<Definition, Context>,
) => Promise<void> | void;
