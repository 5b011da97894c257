// What the page and the server say to each other: one declaration for both, on the rooms of @ws/rooms ("rooms.v1").
import { defineRooms } from "@ws/rooms/client";
import * as v from "valibot";
import { type FileCard, fileCard, fileChunk, fileEnd } from "./files.ts";
import { LIMITS } from "./limits.ts";
import { isCaption, isMessageText } from "./message-text.ts";
import type { Person } from "./person.ts";

/**
 * Close codes of our own (4000–4999), for what the page has to act upon; connecting again by itself would not help. After all
 * others, 1001, 1006, 1012 and 1013 among them, the page comes back.
 */
export const ChatClose = {
  /** There is no session behind this connection's cookie, or it is older than seven days: enter first. */
  noSession: 4001,
  /** The session's name was taken while its owner was away: enter with another. */
  nameTaken: 4002,
  /** The session was ended: here, in another tab, on another node, or by its age. */
  sessionEnded: 4003,
} as const;

/** A public room as the list of rooms shows it. */
export interface RoomSummary {
  /** `chat/<name>` */
  readonly room: string;
  /** People present, over all nodes. */
  readonly members: number;
}

export interface ChatMessage {
  readonly text: string;
  readonly files?: readonly FileCard[] | undefined;
}

/**
 * Somebody did something too fast. Whatever it was has not failed: the server refuses it as `OVERLOADED`, and the room client sends
 * it again by itself. This says when that will work, for the page to show.
 */
export interface Limited {
  readonly what: "messages" | "files" | "rooms" | "requests";
  readonly retryAfterMs: number;
}

/** The first thing that a connection is told. */
export interface Hello {
  readonly you: Person;
  /** How large a file may be on this server. */
  readonly maxFileBytes: number;
  /** Whether this server has an inspector for this person, and a lab. */
  readonly hasInspector: boolean;
  readonly hasLab: boolean;
}

const id = v.pipe(v.string(), v.regex(/^[\w-]{1,64}$/, "not the id of a message"));
const text = v.pipe(v.string(), v.check(isMessageText, "not the text of a message"));
const person: v.GenericSchema<Person> = v.object({ key: v.string(), name: v.string() });
const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const summary: v.GenericSchema<RoomSummary> = v.object({ room: v.string(), members: count });
const summaries = v.array(summary);

const message: v.GenericSchema<ChatMessage> = v.pipe(
  v.strictObject({
    text: v.pipe(v.string(), v.check(isCaption, "not the text of a message")),
    files: v.exactOptional(v.pipe(v.array(fileCard), v.maxLength(LIMITS.filesPerMessage))),
  }),
  v.check(({ text: said, files = [] }) => files.length > 0 || isMessageText(said), "neither text nor files"),
);

export const protocol = defineRooms({
  rooms: {
    /**
     * `chat/<name>` is public and listed; `chat/~<22 url-safe random characters>` is for those who have the link. Whoever has a
     * session may join either, and is present by `enter`. Every entry has its author as `from`, see person.ts.
     *
     * A message is known by its author *and* its id: `edit` and `remove` name an earlier `message` by its id and count only where
     * their `from` is the same person's. Nobody looks that up on the server: whoever shows messages applies them, also to
     * messages that come later because they are older. The log keeps what was removed until it is too old.
     */
    chat: {
      events: {
        message,
        edit: v.strictObject({ id, text }),
        remove: v.strictObject({ id }),
      },
      signals: { typing: v.strictObject({ isTyping: v.boolean() }) },
      presence: v.strictObject({ isAway: v.boolean() }),
    },
    /** The bytes of one file, see files.ts: `chunk`s in order, then `end`, each at most once. Nobody joins, only its owner publishes. */
    file: { events: { chunk: fileChunk, end: fileEnd } },
    /** `directory`, which every page joins: what has changed in the list of rooms. Only the server publishes. */
    directory: {
      /** A public room was made, or come into; it stays in the list when everybody has gone. */
      events: { opened: v.object({ room: v.string() }) },
      /** Rooms whose number of members is another one now. */
      signals: { rooms: v.object({ changed: summaries }) },
    },
  },
  toServer: {
    requests: {
      /** The public rooms with most members; asked once after each `joined` and `gap` of `directory`. */
      listRooms: { input: v.strictObject({}), output: v.object({ rooms: summaries }) },
      /**
       * Makes a room and tells how it is called; what is there already is there. An invite-only room has a name that cannot be
       * guessed, whatever `name` says.
       *
       * Refused as `NAME_INVALID` with a sentence for people (judgeRoom says it earlier), and as `RATE_LIMITED`.
       */
      createRoom: {
        input: v.strictObject({ name: v.pipe(v.string(), v.maxLength(200)), isInviteOnly: v.boolean() }),
        output: v.object({ room: v.string() }),
      },
    },
  },
  toClient: {
    events: {
      hello: v.object({
        you: person,
        maxFileBytes: count,
        hasInspector: v.boolean(),
        hasLab: v.boolean(),
      }) satisfies v.GenericSchema<Hello>,
      limited: v.object({
        what: v.picklist(["messages", "files", "rooms", "requests"]),
        retryAfterMs: count,
      }) satisfies v.GenericSchema<Limited>,
    },
  },
});

export type ChatDefinition = typeof protocol.definition;
