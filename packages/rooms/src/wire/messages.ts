// The messages of the protocol, as PROTOCOL.md describes them. Types only; message-shapes.ts checks them.

/** What a WebSocket agrees on to speak this: the name of the subprotocol. */
export type Subprotocol = "rooms.v1";

/** A message that is answered by one whose `re` is this. */
interface Asking {
  readonly id: number;
}
interface Answering {
  readonly re: number;
}
interface InRoom {
  readonly room: string;
}

/** What a publisher says. */
export interface WireDraft {
  readonly id: string;
  readonly event: string;
  readonly data?: unknown;
}

/** What a room remembers. */
export interface WireEntry extends WireDraft {
  readonly seq: number;
  /** Ms since 1970. */
  readonly time: number;
  /** Who said it, where that is known. */
  readonly from?: string | undefined;
}

/** What became of one draft. */
export type WireResult =
  | { readonly seq: number; readonly duplicate?: boolean | undefined }
  | { readonly code: string; readonly message: string };

export interface WirePerson {
  readonly person: string;
  readonly data?: unknown;
}

export interface WireServerLimits {
  readonly inFlight: number;
  readonly rooms: number;
  readonly batch: number;
  readonly page: number;
  readonly messageBytes: number;
}

// Either side

export type EventMessage = { readonly type: "event"; readonly name: string; readonly data?: unknown };
export type RequestMessage = Asking & {
  readonly type: "request";
  readonly name: string;
  readonly data?: unknown;
};
export type ReplyMessage = Answering & { readonly type: "reply"; readonly data?: unknown };
export type ErrorMessage = {
  readonly type: "error";
  readonly re?: number | undefined;
  readonly code: string;
  readonly message: string;
};

// Client → server

export type JoinMessage = Asking &
  InRoom & {
    readonly type: "join";
    /** What the client has already. */
    readonly epoch?: string | undefined;
    readonly seq?: number | undefined;
    /** Whether it wants to know who is there. */
    readonly presence?: boolean | undefined;
  };
export type LeaveMessage = Asking & InRoom & { readonly type: "leave" };
export type PublishMessage = Asking &
  InRoom & {
    readonly type: "publish";
    readonly entries: readonly WireDraft[];
    /** The client knows of all that was refused before: this is where it begins again. */
    readonly retry?: boolean | undefined;
  };
export type SignalRequest = Asking &
  InRoom & { readonly type: "signal"; readonly event: string; readonly data?: unknown };
export type HistoryMessage = Asking &
  InRoom & {
    readonly type: "history";
    readonly before?: number | undefined;
    readonly after?: number | undefined;
    readonly limit: number;
  };
export type EnterMessage = Asking & InRoom & { readonly type: "enter"; readonly data?: unknown };
export type ExitMessage = Asking & InRoom & { readonly type: "exit" };
export type PresentMessage = Asking & InRoom & { readonly type: "present" };

/** Whether anybody is there. */
export type PingMessage = { readonly type: "ping" };

export type ClientMessage =
  | PingMessage
  | JoinMessage
  | LeaveMessage
  | PublishMessage
  | SignalRequest
  | HistoryMessage
  | EnterMessage
  | ExitMessage
  | PresentMessage
  | EventMessage
  | RequestMessage
  | ReplyMessage
  | ErrorMessage;

// Server → client

export type PongMessage = { readonly type: "pong" };

export type WelcomeMessage = {
  readonly type: "welcome";
  readonly version: number;
  readonly engine: "up" | "down";
  readonly limits: WireServerLimits;
};
export type JoinedMessage = Answering &
  InRoom & {
    readonly type: "joined";
    readonly epoch: string;
    readonly seq: number;
    readonly outcome: "fresh" | "recovered" | "gap";
    readonly people?: readonly WirePerson[] | undefined;
    /** How many there are, where `people` has not all of them. */
    readonly total?: number | undefined;
  };
export type LeftMessage = InRoom & {
  readonly type: "left";
  readonly re?: number | undefined;
  readonly code?: string | undefined;
  readonly message?: string | undefined;
};
export type PublishedMessage = Answering & {
  readonly type: "published";
  readonly epoch?: string | undefined;
  readonly results: readonly WireResult[];
};
export type PageMessage = Answering & {
  readonly type: "page";
  readonly epoch: string;
  readonly first: number;
  readonly last: number;
  readonly entries: readonly WireEntry[];
};
export type EntryMessage = InRoom &
  WireEntry & {
    readonly type: "entry";
    readonly epoch: string;
    /** What a member must have already; where it has less it has missed something. */
    readonly prev: number;
  };
export type EntriesMessage = InRoom & {
  readonly type: "entries";
  readonly epoch: string;
  readonly prev: number;
  /** Where the member is after it: not before the last of the entries. */
  readonly last: number;
  readonly entries: readonly WireEntry[];
};
export type SignalMessage = InRoom & {
  readonly type: "signal";
  readonly event: string;
  readonly data?: unknown;
  readonly from?: string | undefined;
};
export type GapMessage = InRoom & { readonly type: "gap"; readonly epoch: string; readonly seq: number };
export type PresenceMessage = InRoom & {
  readonly type: "presence";
  readonly change: "enter" | "update" | "exit";
  readonly person: string;
  readonly data?: unknown;
};
export type PeopleMessage = Answering & {
  readonly type: "people";
  readonly people: readonly WirePerson[];
  readonly total: number;
};
export type EngineMessage = { readonly type: "engine"; readonly status: "up" | "down" };
export type DoneMessage = Answering & { readonly type: "done" };

export type ServerMessage =
  | PongMessage
  | WelcomeMessage
  | JoinedMessage
  | LeftMessage
  | PublishedMessage
  | PageMessage
  | EntryMessage
  | EntriesMessage
  | SignalMessage
  | GapMessage
  | PresenceMessage
  | PeopleMessage
  | EngineMessage
  | DoneMessage
  | EventMessage
  | RequestMessage
  | ReplyMessage
  | ErrorMessage;

/** What an entry of an engine holds, whoever wrote it. */
export interface StoredEntry {
  readonly v: 1;
  readonly event: string;
  readonly data?: unknown;
  readonly from?: string | undefined;
}

/** What is announced in a room, from node to node. */
export type Announcement =
  | {
      readonly v: 1;
      readonly kind: "signal";
      readonly event: string;
      readonly data?: unknown;
      readonly from?: string | undefined;
    }
  | {
      readonly v: 1;
      readonly kind: "presence";
      readonly node: string;
      readonly person: string;
      readonly isHere: boolean;
      readonly data?: unknown;
    };
