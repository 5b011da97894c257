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

/** Somebody who is in a room. */
export interface WirePerson {
  readonly person: string;
  readonly data?: unknown;
}

/** What a server takes of one client, as it says when it welcomes it. */
export interface WireServerLimits {
  /** Messages that wait for an answer. */
  readonly inFlight: number;
  /** Rooms that it is in at a time. */
  readonly rooms: number;
  /** Entries of one `publish`. */
  readonly batch: number;
  /** Entries of one `page`. */
  readonly page: number;
  /** Bytes of one message. */
  readonly messageBytes: number;
}

// Either side

/** Something said outside of rooms; nobody answers. */
export type EventMessage = { readonly type: "event"; readonly name: string; readonly data?: unknown };
/** Something asked outside of rooms; a `reply` or an `error` answers. */
export type RequestMessage = Asking & {
  readonly type: "request";
  readonly name: string;
  readonly data?: unknown;
};
/** The answer to a `request`. */
export type ReplyMessage = Answering & { readonly type: "reply"; readonly data?: unknown };
/** Why what `re` names was not done; without `re`, what is wrong with something that nobody answers. */
export type ErrorMessage = {
  readonly type: "error";
  readonly re?: number | undefined;
  readonly code: string;
  readonly message: string;
};

// Client → server

/** Asks to be in a room, and for what was missed; `joined` or `error` answers. */
export type JoinMessage = Asking &
  InRoom & {
    readonly type: "join";
    /** What the client has already. */
    readonly epoch?: string | undefined;
    readonly seq?: number | undefined;
    /** Whether it wants to know who is there. */
    readonly presence?: boolean | undefined;
  };
/** Asks to be in a room no more; `left` answers. */
export type LeaveMessage = Asking & InRoom & { readonly type: "leave" };
/** Asks that a room remember entries; `published` or `error` answers. */
export type PublishMessage = Asking &
  InRoom & {
    readonly type: "publish";
    readonly entries: readonly WireDraft[];
    /** The client knows of all that was refused before: this is where it begins again. */
    readonly retry?: boolean | undefined;
  };
/** Asks to tell those who are in a room now; `done` or `error` answers. */
export type SignalRequest = Asking &
  InRoom & { readonly type: "signal"; readonly event: string; readonly data?: unknown };
/** Asks for entries of the past; `page` or `error` answers. */
export type HistoryMessage = Asking &
  InRoom & {
    readonly type: "history";
    readonly before?: number | undefined;
    readonly after?: number | undefined;
    readonly limit: number;
  };
/** Asks to be seen in a room, or with other data; `done` or `error` answers. */
export type EnterMessage = Asking & InRoom & { readonly type: "enter"; readonly data?: unknown };
/** Asks to be seen in a room no more; `done` or `error` answers. */
export type ExitMessage = Asking & InRoom & { readonly type: "exit" };
/** Asks who is there; `people` or `error` answers. */
export type PresentMessage = Asking & InRoom & { readonly type: "present" };

/** Whether anybody is there. */
export type PingMessage = { readonly type: "ping" };

/** Whatever a client may say. */
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

/** Answers a `ping`. */
export type PongMessage = { readonly type: "pong" };

/** The first that a server says. */
export type WelcomeMessage = {
  readonly type: "welcome";
  /** Of the protocol. */
  readonly version: number;
  readonly engine: "up" | "down";
  /** What it takes of this client. */
  readonly limits: WireServerLimits;
};
/** Answers a `join`: where the room is, and whether what was missed can be told. */
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
/** Answers a `leave`; without `re`, the server has put the client out, and says why. */
export type LeftMessage = InRoom & {
  readonly type: "left";
  readonly re?: number | undefined;
  readonly code?: string | undefined;
  readonly message?: string | undefined;
};
/** Answers a `publish`: what became of each entry, in order. */
export type PublishedMessage = Answering & {
  readonly type: "published";
  readonly epoch?: string | undefined;
  readonly results: readonly WireResult[];
};
/** Answers a `history`. */
export type PageMessage = Answering & {
  readonly type: "page";
  readonly epoch: string;
  readonly first: number;
  readonly last: number;
  readonly entries: readonly WireEntry[];
};
/** What was published in a room. */
export type EntryMessage = InRoom &
  WireEntry & {
    readonly type: "entry";
    readonly epoch: string;
    /** What a member must have already; where it has less it has missed something. */
    readonly prev: number;
  };
/** Several entries at once: what was missed, or what came together. */
export type EntriesMessage = InRoom & {
  readonly type: "entries";
  readonly epoch: string;
  readonly prev: number;
  /** Where the member is after it: not before the last of the entries. */
  readonly last: number;
  readonly entries: readonly WireEntry[];
};
/** What was told in a room, and is not remembered. */
export type SignalMessage = InRoom & {
  readonly type: "signal";
  readonly event: string;
  readonly data?: unknown;
  readonly from?: string | undefined;
};
/** Something was missed and cannot be told: the member is at this place now. */
export type GapMessage = InRoom & { readonly type: "gap"; readonly epoch: string; readonly seq: number };
/** Somebody is seen in a room, has other data, or is seen there no more. */
export type PresenceMessage = InRoom & {
  readonly type: "presence";
  readonly change: "enter" | "update" | "exit";
  readonly person: string;
  readonly data?: unknown;
};
/** Answers a `present`. */
export type PeopleMessage = Answering & {
  readonly type: "people";
  readonly people: readonly WirePerson[];
  readonly total: number;
};
/** The engine behind the server is reached no more, or again. */
export type EngineMessage = { readonly type: "engine"; readonly status: "up" | "down" };
/** Answers what has no other answer. */
export type DoneMessage = Answering & { readonly type: "done" };

/** Whatever a server may say. */
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
