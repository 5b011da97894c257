// One client as the application's code sees it.
import type { RoomsDefinition } from "../definition/define-rooms.ts";
import type {
  AnswerOutput,
  AskedInput,
  DirectInput,
  DirectName,
  RequestName,
} from "../definition/names-of.ts";
import type { RoomSocket } from "./room-socket.ts";

/** What the application knows of a client. */
export interface PeerInfo<Context> {
  /**
   * Who it is, 1 to 200 characters, the same on every connection of the same person: it scopes what they publish, is told to others
   * as `from`, and is who is present. Default: nobody.
   */
  readonly person?: string | undefined;
  /** Whatever else the application wants to have at hand. */
  readonly context: Context;
  /** When that stops being true, in ms since 1970: all is asked again then. Default: never. */
  readonly expiresAt?: number | undefined;
}

/** One client. */
export interface Peer<Definition extends RoomsDefinition, Context> {
  /** Who it is, as the application said; `undefined` for nobody in particular. */
  readonly person: string | undefined;
  /** What the application knows of it. */
  readonly context: Context;
  /** What it speaks over. */
  readonly socket: RoomSocket;
  /** The rooms it is in, or about to be. */
  readonly rooms: ReadonlySet<string>;

  /**
   * Tells it something.
   *
   * @throws RoomError `INVALID` for data that its validator does not take, if that answers at once
   */
  send<Name extends DirectName<Definition, "toClient">>(
    name: Name,
    data: DirectInput<Definition, "toClient", Name>,
  ): void;

  /**
   * Asks it something.
   *
   * @returns its answer; rejects with a RoomError: its own, or `TIMEOUT`, `DISCONNECTED`, `OVERLOADED`, `INVALID`
   */
  request<Name extends RequestName<Definition, "toClient">>(
    name: Name,
    data: AskedInput<Definition, "toClient", Name>,
    options?: RequestOptions,
  ): Promise<AnswerOutput<Definition, "toClient", Name>>;

  /** Takes it out of a room, and tells it why; false when it is not there. */
  kick(room: string, message?: string): boolean;

  /** The application knows anew who it is, and for how long; what it may not any more it loses. */
  renew(info: Partial<Omit<PeerInfo<Context>, "person">>): Promise<void>;

  /** Asks again about every room that it is in, and takes it out of those where the answer is no. */
  recheck(): Promise<void>;
}

/** How a request is made. */
export interface RequestOptions {
  /** How long the answer may take, in milliseconds. Default: 10,000. */
  readonly timeoutMs?: number;
  /** Gives the answer up when aborted. */
  readonly signal?: AbortSignal;
}
