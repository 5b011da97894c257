// The messages that wait for one slow member, of all its rooms, in the order in which they were sent. Linked twice, so
// that the oldest of all, the oldest of a room, and the one with a key are each found and taken out at once.
import type { Message, PreparedMessage } from "@ws/connection";
import type { Room } from "./room.ts";

/** A message that waits. */
export interface Waiting<Member> {
  /** Encoded, where the member takes that: the same object for all members it waits for. */
  data: Message | PreparedMessage;
  bytes: number;
  readonly key: string | undefined;
  readonly backlog: Backlog<Member>;
  previous: Waiting<Member> | undefined;
  next: Waiting<Member> | undefined;
  nextInRoom: Waiting<Member> | undefined;
}

/** The part of a list that belongs to one room. Nothing is ever taken out of it but its oldest message. */
export class Backlog<Member> {
  readonly room: Room<Member>;
  length = 0;
  byteLength = 0;
  oldest: Waiting<Member> | undefined;
  newest: Waiting<Member> | undefined;
  /** Under the policy `"conflate"`. */
  byKey: Map<string, Waiting<Member>> | undefined;

  constructor(room: Room<Member>) {
    this.room = room;
  }
}

export class WaitingList<Member> {
  length = 0;
  byteLength = 0;
  #oldest: Waiting<Member> | undefined;
  #newest: Waiting<Member> | undefined;

  push(
    backlog: Backlog<Member>,
    data: Message | PreparedMessage,
    bytes: number,
    key: string | undefined,
  ): void {
    const previous = this.#newest;
    const waiting = { data, bytes, key, backlog, previous, next: undefined, nextInRoom: undefined };
    if (previous === undefined) this.#oldest = waiting;
    else previous.next = waiting;
    this.#newest = waiting;
    if (backlog.newest === undefined) backlog.oldest = waiting;
    else backlog.newest.nextInRoom = waiting;
    backlog.newest = waiting;
    if (key !== undefined) (backlog.byKey ??= new Map()).set(key, waiting);
    this.#count(backlog, 1, bytes);
  }

  /** Takes out the oldest of all, which is the oldest of its room too. */
  shift(): Waiting<Member> | undefined {
    return this.#oldest === undefined ? undefined : this.shiftOf(this.#oldest.backlog);
  }

  /** Takes out the oldest of a room. */
  shiftOf(backlog: Backlog<Member>): Waiting<Member> | undefined {
    const waiting = backlog.oldest;
    if (waiting === undefined) return undefined;
    const { previous, next, nextInRoom, key, bytes } = waiting;
    if (previous === undefined) this.#oldest = next;
    else previous.next = next;
    if (next === undefined) this.#newest = previous;
    else next.previous = previous;
    backlog.oldest = nextInRoom;
    if (nextInRoom === undefined) backlog.newest = undefined;
    if (key !== undefined) backlog.byKey?.delete(key);
    this.#count(backlog, -1, -bytes);
    return waiting;
  }

  /** Puts another message in the place of one. @returns the one that was there */
  replace(
    waiting: Waiting<Member>,
    data: Message | PreparedMessage,
    bytes: number,
  ): Message | PreparedMessage {
    const before = waiting.data;
    this.#count(waiting.backlog, 0, bytes - waiting.bytes);
    waiting.data = data;
    waiting.bytes = bytes;
    return before;
  }

  #count(backlog: Backlog<Member>, messages: number, bytes: number): void {
    this.length += messages;
    this.byteLength += bytes;
    backlog.length += messages;
    backlog.byteLength += bytes;
  }
}
