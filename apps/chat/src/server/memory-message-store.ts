// Messages in the memory of this process: gone when it ends, and bounded in every direction.
import { randomBytes } from "node:crypto";
import type { ChatMessage, Position } from "../shared/protocol.ts";
import type { Appended, MessageDraft, MessageStore, Page } from "./message-store.ts";

export interface MemoryMessageStoreOptions {
  /** Messages per room; the oldest make way. Default: 1000. */
  readonly maxMessages?: number;
  /** Rooms; the one that has been quiet the longest makes way. Default: 1000. */
  readonly maxRooms?: number;
  /** Characters of all messages; the rooms that have been quiet the longest make way. Default: 32 million. */
  readonly maxCharacters?: number;
}

interface RoomHistory {
  /** New whenever a room begins, so that one that was forgotten is not taken for its former self. */
  readonly epoch: string;
  lastSeq: number;
  messages: ChatMessage[];
  readonly byId: Map<string, ChatMessage>;
  characters: number;
}

export class MemoryMessageStore implements MessageStore {
  readonly #maxMessages: number;
  readonly #maxRooms: number;
  readonly #maxCharacters: number;
  /** In the order of their latest use: the first has been quiet the longest. */
  readonly #rooms = new Map<string, RoomHistory>();
  #characters = 0;

  constructor(options: MemoryMessageStoreOptions = {}) {
    const { maxMessages = 1000, maxRooms = 1000, maxCharacters = 32_000_000 } = options;
    this.#maxMessages = maxMessages;
    this.#maxRooms = maxRooms;
    this.#maxCharacters = maxCharacters;
  }

  append(room: string, draft: MessageDraft): Promise<Appended> {
    const history = this.#use(room);
    const { epoch } = history;
    const existing = history.byId.get(draft.id);
    if (existing !== undefined) return Promise.resolve({ message: existing, epoch, isNew: false });

    const message: ChatMessage = { ...draft, seq: ++history.lastSeq };
    history.messages.push(message);
    history.byId.set(message.id, message);
    history.characters += message.text.length;
    this.#characters += message.text.length;
    // Cut in blocks, so that a full room does not move its whole list for every message.
    if (history.messages.length >= this.#maxMessages * 1.25) this.#trim(history);
    while (this.#characters > this.#maxCharacters && this.#rooms.size > 1) this.#forgetQuietest();
    return Promise.resolve({ message, epoch, isNew: true });
  }

  read(room: string, after: Position | undefined, limit: number): Promise<Page> {
    const { epoch, lastSeq, messages } = this.#use(room);
    const position = { epoch, seq: lastSeq };
    const latest = messages.slice(-Math.min(limit, this.#maxMessages));
    if (after === undefined) return Promise.resolve({ recovery: "fresh", position, messages: latest });

    const missed = lastSeq - after.seq;
    if (after.epoch !== epoch || missed < 0 || missed > latest.length) {
      return Promise.resolve({ recovery: "gap", position, messages: latest });
    }
    const missing = missed === 0 ? [] : latest.slice(-missed);
    return Promise.resolve({ recovery: "recovered", position, messages: missing });
  }

  position(room: string): Promise<Position> {
    const { epoch, lastSeq } = this.#use(room);
    return Promise.resolve({ epoch, seq: lastSeq });
  }

  /** The history of a room, begun if need be, and moved to the end of the line. */
  #use(room: string): RoomHistory {
    const history = this.#rooms.get(room) ?? {
      epoch: randomBytes(9).toString("base64url"),
      lastSeq: 0,
      messages: [],
      byId: new Map(),
      characters: 0,
    };
    this.#rooms.delete(room);
    this.#rooms.set(room, history);
    if (this.#rooms.size > this.#maxRooms) this.#forgetQuietest();
    return history;
  }

  #trim(history: RoomHistory): void {
    const surplus = history.messages.length - this.#maxMessages;
    for (const message of history.messages.slice(0, surplus)) {
      history.byId.delete(message.id);
      history.characters -= message.text.length;
      this.#characters -= message.text.length;
    }
    history.messages = history.messages.slice(surplus);
  }

  #forgetQuietest(): void {
    for (const [room, { characters }] of this.#rooms) {
      this.#rooms.delete(room);
      this.#characters -= characters;
      return;
    }
  }
}
