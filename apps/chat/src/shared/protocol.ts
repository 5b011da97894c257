// The chat's wire protocol, "chat.v1": one JSON object per text message, told apart by `type`. These are the types;
// decode.ts is how they are read, and limits.ts what they may cost.

/** The WebSocket subprotocol. What cannot be understood by an older page gets a new name. */
export const SUBPROTOCOL = "chat.v1";

/** Close codes of our own (4000–4999), for what the page has to act upon. */
export const ChatClose = {
  /** There is no session behind this connection's cookie: enter first. */
  noSession: 4001,
  /** The session's name was taken while its owner was away: enter with another. */
  nameTaken: 4002,
  /** The session was ended, here or in another tab. */
  sessionEnded: 4003,
} as const;

export interface Person {
  /** Public and random; says who wrote what, opens nothing. */
  readonly id: string;
  readonly name: string;
}

/** A place in a room's history. Numbers of different epochs have nothing to do with each other. */
export interface Position {
  readonly epoch: string;
  readonly seq: number;
}

export interface ChatMessage {
  /** Chosen by the author's page, so that sending it twice makes one message. */
  readonly id: string;
  /** Counts up by one in each room. */
  readonly seq: number;
  readonly author: Person;
  /** The server's clock, in milliseconds since 1970. */
  readonly at: number;
  readonly text: string;
}

/** A room as the list of rooms shows it. */
export interface RoomSummary {
  readonly room: string;
  readonly members: number;
}

// Client to server

export type ClientEvent =
  /** Come in, or come back: answered by `joined`. `after` is what was seen last. */
  | { readonly type: "join"; readonly room: string; readonly after?: Position | undefined }
  | { readonly type: "leave"; readonly room: string }
  /** Answered by the `message` with the same id, or an `error` about it. */
  | { readonly type: "send"; readonly room: string; readonly id: string; readonly text: string }
  | { readonly type: "typing"; readonly room: string; readonly isTyping: boolean }
  /** Browsers cannot send protocol pings; answered by `pong`. */
  | { readonly type: "ping" };

// Server to client

/** How what `joined` brings relates to what was seen before. */
export type Recovery =
  /** Nothing was seen before: these are the latest messages. */
  | "fresh"
  /** These are all messages after the position that was given. */
  | "recovered"
  /** Messages are missing in between: these are the latest, forget the others. */
  | "gap";

export type ErrorCode = "malformed" | "rate-limited" | "too-many-rooms" | "not-a-member" | "internal";

export type ServerEvent =
  /** The first event of every connection. `joined` are the rooms one is in, each with its latest position. */
  | {
      readonly type: "welcome";
      readonly you: Person;
      readonly joined: readonly JoinedRoom[];
      readonly rooms: readonly RoomSummary[];
    }
  | {
      readonly type: "joined";
      readonly room: string;
      readonly recovery: Recovery;
      readonly position: Position;
      readonly messages: readonly ChatMessage[];
      readonly members: readonly Person[];
    }
  | { readonly type: "left"; readonly room: string }
  /** `epoch` is that of the message's number. */
  | {
      readonly type: "message";
      readonly room: string;
      readonly epoch: string;
      readonly message: ChatMessage;
    }
  | { readonly type: "member-joined"; readonly room: string; readonly person: Person }
  | { readonly type: "member-left"; readonly room: string; readonly personId: string }
  | {
      readonly type: "typing";
      readonly room: string;
      readonly personId: string;
      readonly isTyping: boolean;
    }
  /** What has changed in the list of rooms; a room without members is gone from it. */
  | { readonly type: "rooms"; readonly changed: readonly RoomSummary[] }
  | { readonly type: "pong" }
  | {
      readonly type: "error";
      readonly code: ErrorCode;
      readonly reason: string;
      /** The room and the message it is about, where it is about one. */
      readonly room?: string | undefined;
      readonly id?: string | undefined;
      /** For `rate-limited`: when to try again. */
      readonly retryAfterMs?: number | undefined;
    };

export interface JoinedRoom {
  readonly room: string;
  readonly position: Position;
}

/** The answers of `/api/session`, which gives the page its cookie. */
export type SessionAnswer =
  | { readonly you: Person }
  | { readonly you: null }
  | { readonly error: "name-taken" | "name-invalid" | "too-many"; readonly reason: string };
