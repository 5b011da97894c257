// What a room and a client tell besides what is said in them.
import type { RoomError } from "../room-error.ts";
import type { EngineStatus, Position } from "../room-log.ts";

/** What happened to a room of a client. */
export type RoomChange<Presence = unknown> =
  /** It is heard from this position on, for the first time or again. */
  | { readonly type: "joined"; readonly position: Position }
  /** It is not heard at the moment: the connection broke, or the engine is down. It is joined again by itself. */
  | { readonly type: "interrupted"; readonly error: RoomError }
  /** After an interruption: nothing was missed, and `missed` messages have been delivered since, in order. */
  | { readonly type: "recovered"; readonly position: Position; readonly missed: number }
  /** Between `from` and `position` something may have been said that will not be heard. Read history, if there is any. */
  | { readonly type: "gap"; readonly from: Position; readonly position: Position }
  /** It is not heard any more: left, or refused with the error. */
  | { readonly type: "left"; readonly error?: RoomError }
  /** Who is there, as it was found when the room was joined, again too; `total` counts also those that are not told by name. */
  | { readonly type: "people"; readonly people: ReadonlyMap<string, Presence>; readonly total: number }
  | {
      readonly type: "presence";
      readonly change: "enter" | "update";
      readonly person: string;
      readonly data: Presence;
    }
  | { readonly type: "presence"; readonly change: "exit"; readonly person: string }
  /** Something was said that its validator does not take, or nobody declared; it was left out. */
  | { readonly type: "unreadable"; readonly error: RoomError };

/** What happened to a client. */
export type ClientChange =
  /** There is a connection, and its server has said welcome. */
  | { readonly type: "open" }
  /** There is none at the moment. */
  | { readonly type: "interrupted" }
  /** Whether what carries messages between servers can be reached: while it is down nothing is published. */
  | { readonly type: "engine"; readonly status: EngineStatus }
  /** The server sent what no server of ours sends, or refused something that has no answer. */
  | { readonly type: "fault"; readonly error: RoomError }
  /** There will be no connection any more. */
  | { readonly type: "closed" };
