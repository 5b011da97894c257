// The messages of one room that the page knows: a stretch of its history up to now, with edits and removals applied, and behind it our
// own that are on their way. Holds a hundred thousand: nothing here looks at all of them for one that comes. Knows no connection.
import { type Signal, signal } from "@preact/signals";
import type { ChatMessage } from "../../shared/protocol.ts";
import { type Person, personId, readPerson } from "../../shared/person.ts";
import { Amendments, type Proposal } from "./amendments.ts";
import { type Message, messageKey } from "./message.ts";

/** What a room remembers. */
export type RoomEntry = (
  | { readonly event: "message"; readonly data: ChatMessage }
  | { readonly event: "edit"; readonly data: { readonly id: string; readonly text: string } }
  | { readonly event: "remove"; readonly data: { readonly id: string } }
) & { readonly seq: number; readonly time: number; readonly id: string; readonly from: string | undefined };

/** A stretch of it, oldest first. */
export interface RoomEntries {
  readonly entries: readonly RoomEntry[];
  /** The smallest number that is remembered, and the largest that was given. */
  readonly first: number;
  readonly last: number;
}

export class RoomTimeline {
  /** Another number whenever anything has changed. */
  readonly version: Signal<number> = signal(0);
  readonly #you: Person;
  /** As they were said. In the order of their numbers. */
  #said: Message[] = [];
  #outgoing: Message[] = [];
  readonly #seqs = new Map<string, number>();
  readonly #amendments = new Amendments((key) => this.#seqs.has(key));
  #shift = 0;
  #first: number | undefined;
  #last = 0;
  #reachesStart = false;

  constructor(you: Person) {
    this.#you = you;
  }

  get count(): number {
    return this.#said.length + this.#outgoing.length;
  }

  /** How many edits and removals are remembered. */
  get amendmentCount(): number {
    return this.#amendments.count;
  }

  /** A message by its place, the oldest at 0. */
  at(index: number): Message | undefined {
    const said = this.#said[index];
    return said === undefined ? this.#outgoing[index - this.#said.length] : this.#amendments.apply(said);
  }

  /** By how much places have moved since the beginning, because older messages came before them. */
  get shift(): number {
    return this.#shift;
  }

  /** The number that history goes on before; undefined where nothing was loaded. */
  get first(): number | undefined {
    return this.#first;
  }

  /** Whether there is nothing older. */
  get reachesStart(): boolean {
    return this.#reachesStart;
  }

  find(key: string): Message | undefined {
    const seq = this.#seqs.get(key);
    if (seq === undefined) return this.#outgoing.find((message) => message.key === key);
    const message = this.#said[this.#placeOf(seq)];
    return message && this.#amendments.apply(message);
  }

  /** Our latest message that can be edited. */
  lastOwn(): Message | undefined {
    for (let i = this.#said.length - 1; i >= Math.max(0, this.#said.length - 500); i--) {
      const message = this.#amendments.apply(this.#said[i]!);
      if (message.isOwn && !message.isRemoved) return message;
    }
    return undefined;
  }

  // What comes

  /** Something was said now. */
  add(entry: RoomEntry): void {
    this.#take(entry);
    this.#last = Math.max(this.#last, entry.seq);
    this.#dropSaid();
    this.#changed();
  }

  /** The newest stretch of history, which takes the place of what was here, but for what was heard since it was read. */
  begin(page: RoomEntries): void {
    const newer = this.#said.filter(({ seq = 0 }) => seq > page.last);
    this.#said = [];
    this.#seqs.clear();
    this.#shift = 0;
    this.#takePage(page);
    for (const message of newer) this.#insert(message);
    this.#last = Math.max(page.last, newer.at(-1)?.seq ?? 0);
    this.#dropSaid();
    this.#changed();
  }

  /** Everything here is of another time. */
  clear(): void {
    this.#said = [];
    // The other time has forgotten them, whatever their numbers were.
    this.#outgoing = this.#outgoing.filter(({ state }) => state !== "delivered");
    this.#seqs.clear();
    this.#amendments.clear();
    this.#first = undefined;
    this.#last = 0;
    this.#reachesStart = false;
    this.#changed();
  }

  /** An older stretch of history. */
  prepend(page: RoomEntries): void {
    const before = this.#said.length;
    this.#takePage(page);
    this.#shift += this.#said.length - before;
    this.#dropSaid();
    this.#changed();
  }

  /** Lets go of the oldest beyond so many; they can be loaded again. */
  trim(max: number): void {
    const surplus = this.#said.length - max;
    if (surplus <= 0) return;
    for (const { key } of this.#said.splice(0, surplus)) this.#seqs.delete(key);
    this.#first = this.#said[0]?.seq;
    this.#shift -= surplus;
    this.#reachesStart = false;
    this.#changed();
  }

  // What we say

  /** One of ours is on its way, or how it stands has changed. */
  putOutgoing(
    id: string,
    change: Partial<Pick<Message, "at" | "text" | "files" | "drafts" | "state" | "reason" | "seq">>,
  ): void {
    const key = messageKey(personId(this.#you), id);
    if (this.#seqs.has(key)) return;
    const at = this.#outgoing.findIndex((message) => message.key === key);
    const before = this.#outgoing[at] ?? this.#message(key, id, this.#you, "pending");
    const message = { ...before, ...change };
    if (at === -1) this.#outgoing = [...this.#outgoing, message];
    else this.#outgoing = this.#outgoing.with(at, message);
    this.#dropSaid();
    this.#changed();
  }

  discard(id: string): void {
    const key = messageKey(personId(this.#you), id);
    this.#outgoing = this.#outgoing.filter((message) => message.key !== key);
    this.#changed();
  }

  /** Shows what we want to become of a message, before anybody has confirmed it. */
  propose(key: string, proposal: Proposal): void {
    this.#amendments.propose(key, proposal);
    this.#changed();
  }

  /** It is so, or it is not. @param seq of the edit or removal; undefined where it failed */
  settle(key: string, proposal: Proposal, seq: number | undefined): void {
    this.#amendments.settle(key, proposal, seq);
    this.#changed();
  }

  // Inside

  #takePage({ entries, first }: RoomEntries): void {
    const older: Message[] = [];
    const oldest = this.#said[0]?.seq ?? Infinity;
    for (const entry of entries) {
      const message = this.#read(entry);
      if (message === undefined) continue;
      if (entry.seq < oldest && entry.seq > (older.at(-1)?.seq ?? 0)) {
        if (this.#seqs.has(message.key)) continue;
        older.push(message);
        this.#seqs.set(message.key, entry.seq);
      } else this.#insert(message);
    }
    if (older.length > 0) this.#said = older.concat(this.#said);
    this.#first = entries[0]?.seq ?? this.#first ?? first;
    this.#reachesStart = entries.length === 0 || this.#first <= first;
  }

  #take(entry: RoomEntry): void {
    const message = this.#read(entry);
    if (message !== undefined) this.#insert(message);
  }

  /** The message that it is; what it amends is noted. */
  #read(entry: RoomEntry): Message | undefined {
    const { event, data, seq, time, id, from } = entry;
    const author = readPerson(from);
    if (from === undefined || author === undefined) return undefined;
    if (event === "message") {
      const { text, files = [] } = data;
      return { ...this.#message(messageKey(from, id), id, author, "delivered"), seq, at: time, text, files };
    }
    const key = messageKey(from, data.id);
    const proposal: Proposal = event === "edit" ? { text: data.text } : { isRemoved: true };
    this.#amendments.note(key, proposal, seq);
    return undefined;
  }

  #message(key: string, id: string, author: Person, state: Message["state"]): Message {
    return {
      key,
      id,
      author,
      isOwn: author.key === this.#you.key,
      seq: undefined,
      at: Date.now(),
      text: "",
      files: [],
      drafts: [],
      isEdited: false,
      isRemoved: false,
      state,
      reason: undefined,
    };
  }

  #insert(message: Message): void {
    const { key, seq = 0 } = message;
    if (this.#seqs.has(key)) return;
    this.#seqs.set(key, seq);
    const last = this.#said.at(-1)?.seq ?? 0;
    // Nearly always it simply follows.
    if (seq > last) this.#said.push(message);
    else this.#said.splice(this.#placeOf(seq), 0, message);
  }

  /** It was said, whether or not that was confirmed; or history has gone past it: whatever is shown of it is not ours to show. */
  #dropSaid(): void {
    const isGone = ({ key, state, seq }: Message): boolean =>
      this.#seqs.has(key) || (state === "delivered" && (seq ?? 0) <= this.#last);
    if (this.#outgoing.some(isGone)) this.#outgoing = this.#outgoing.filter((message) => !isGone(message));
  }

  /** The first place whose number is not smaller. */
  #placeOf(seq: number): number {
    let low = 0;
    let high = this.#said.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#said[middle]?.seq ?? 0) < seq) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #changed(): void {
    this.version.value++;
  }
}
