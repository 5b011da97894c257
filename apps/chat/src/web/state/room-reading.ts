// Reading what a room remembers: the newest stretch, older ones before it, and how much of it is new to us. Owns up to where we have read.
import { batch, type Signal, signal } from "@preact/signals";
import type { HistoryPage, Position } from "@ws/rooms/client";
import { type Person, readPerson } from "../../shared/person.ts";
import type { ChatDefinition } from "../../shared/protocol.ts";
import type { ChatClientRoom } from "./chat-client.ts";
import type { RoomEntries, RoomEntry, RoomTimeline } from "./room-timeline.ts";

export interface RoomReadingOptions {
  readonly room: ChatClientRoom;
  readonly you: Person;
  readonly timeline: RoomTimeline;
  readonly readTo: Position | undefined;
  readonly onRead: (position: Position) => void;
  /** The newest stretch is here. */
  readonly onLoaded: () => void;
}

/** How the history of a room stands. */
export type HistoryState = "none" | "loading" | "ready" | "failed";

/** What can be counted of what was said before the page was there; beyond it there is "more than". */
export const MAX_COUNTED = 100;

export class RoomReading {
  readonly state: Signal<HistoryState> = signal<HistoryState>("none");
  readonly isLoadingOlder: Signal<boolean> = signal(false);
  readonly unread: Signal<number> = signal(0);
  /** The last that had been read when the room was opened; what is behind it is new. */
  readonly newsAfter: Signal<number | undefined> = signal<number | undefined>(undefined);
  readonly #options: RoomReadingOptions;
  #readTo: Position | undefined;
  /** Which time it is loaded: what an earlier one brings is not wanted any more. */
  #loading = 0;

  constructor(options: RoomReadingOptions) {
    this.#options = options;
    this.#readTo = options.readTo;
  }

  /** Whether what is heard belongs into the timeline. */
  get isShown(): boolean {
    return this.state.value === "loading" || this.state.value === "ready";
  }

  /** It is looked at: what it remembers is loaded, if it was not. */
  open(): void {
    this.newsAfter.value = this.unread.value > 0 ? this.#readTo?.seq : undefined;
    if (!this.isShown) void this.load();
  }

  /** It is heard from there on, for the first time. */
  begin(position: Position): void {
    if (this.#readTo === undefined) this.markRead();
    else if (this.state.value === "none") void this.count(position);
  }

  /** What has come was seen. */
  markRead(): void {
    const { position } = this.#options.room;
    this.unread.value = 0;
    if (position === undefined || isSame(position, this.#readTo)) return;
    this.#readTo = position;
    this.#options.onRead(position);
  }

  /** Another tab of this person has read up to there. */
  readElsewhere(position: Position | undefined): void {
    if (position === undefined || isSame(position, this.#readTo)) return;
    this.#readTo = position;
    if (isSame(position, this.#options.room.position)) this.unread.value = 0;
  }

  async load(): Promise<void> {
    const loading = ++this.#loading;
    this.state.value = "loading";
    try {
      const page = await this.#options.room.history();
      if (loading === this.#loading) this.#show(page);
    } catch {
      if (loading === this.#loading) this.state.value = "failed";
    }
  }

  /** Older messages, if there are any. */
  async loadOlder(): Promise<void> {
    const { room, timeline } = this.#options;
    const { first, reachesStart } = timeline;
    if (this.isLoadingOlder.value || reachesStart || first === undefined) return;
    const loading = this.#loading;
    this.isLoadingOlder.value = true;
    try {
      const page = await room.history({ before: first });
      if (loading === this.#loading) timeline.prepend(entriesOf(page));
    } catch {
      // Whoever scrolls on asks again.
    } finally {
      this.isLoadingOlder.value = false;
    }
  }

  /** Counts what was said up to there while no page of this person was here. */
  async count(position: Position): Promise<void> {
    const from = this.#readTo;
    this.unread.value = 0;
    if (from === undefined || isSame(from, position)) return;
    try {
      // Another epoch is another history: all of it is new.
      const range = from.epoch === position.epoch ? { after: from.seq } : {};
      const { entries } = await this.#options.room.history({ ...range, limit: MAX_COUNTED });
      const said = entries.filter((entry) => entry.position.seq <= position.seq && this.#isNews(entry));
      // It may have been read meanwhile.
      if (isSame(from, this.#readTo)) this.unread.value += said.length;
    } catch {
      // Then nothing is said about it.
    }
  }

  #show(page: HistoryPage<ChatDefinition["rooms"]["chat"]>): void {
    batch(() => {
      this.#options.timeline.begin(entriesOf(page));
      // Of a room that was opened before it could be counted what is unread.
      const { seq = Infinity, epoch } = this.#readTo ?? {};
      const isNew = page.entries.some((entry) => entry.position.seq > seq && this.#isNews(entry));
      if (epoch === page.epoch && isNew) this.newsAfter.value = seq;
      this.state.value = "ready";
    });
    this.#options.onLoaded();
  }

  #isNews({ event, from }: Pick<RoomEntry, "event" | "from">): boolean {
    return event === "message" && readPerson(from)?.key !== this.#options.you.key;
  }
}

function entriesOf({ entries, first, last }: HistoryPage<ChatDefinition["rooms"]["chat"]>): RoomEntries {
  return { first, last, entries: entries.map(({ position: { seq }, ...entry }) => ({ ...entry, seq })) };
}

function isSame(one: Position, other: Position | undefined): boolean {
  return one.epoch === other?.epoch && one.seq === other.seq;
}
