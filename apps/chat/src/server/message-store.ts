// What a chat needs of the place where its messages are kept. In memory here; a database or a log on the network can
// take its place, which is why everything is a promise.
import type { ChatMessage, Person, Position, Recovery } from "../shared/protocol.ts";

/** A message before it has its place in a room. */
export interface MessageDraft {
  readonly id: string;
  readonly author: Person;
  readonly at: number;
  readonly text: string;
}

export interface Appended {
  readonly message: ChatMessage;
  readonly epoch: string;
  /** False when a message with this id was there already: a retry, which changes nothing. */
  readonly isNew: boolean;
}

/** The messages of a room from some place on. */
export interface Page {
  readonly recovery: Recovery;
  /** The latest place in the room, whether or not its message is part of the page. */
  readonly position: Position;
  /** In the order of their numbers, without holes. */
  readonly messages: readonly ChatMessage[];
}

export interface MessageStore {
  /** Adds a message, once per id. Calls for one room resolve in the order of the numbers they give. */
  append(room: string, draft: MessageDraft): Promise<Appended>;
  /**
   * Reads what came after a position: all of it (`recovered`), or, when that is not at hand or more than `limit`, the
   * latest (`gap`). Without a position, the latest (`fresh`).
   */
  read(room: string, after: Position | undefined, limit: number): Promise<Page>;
  /** The latest place in a room; number 0 for a room without messages. */
  position(room: string): Promise<Position>;
}
