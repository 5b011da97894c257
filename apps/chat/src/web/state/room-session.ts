// One room that the page is in: ties what the room says to what is shown of it, and what is written to what is sent. Owns what is
// unread, and the promise that nothing is shown twice or lost silently. Knows no other room, and no view.
import { batch, type Signal, signal } from "@preact/signals";
import type { HeardInfo, HistoryPage, Position, RoomError } from "@ws/rooms/client";
import type { ChatRoomName } from "../../shared/names.ts";
import { type Person, readPerson } from "../../shared/person.ts";
import type { ChatDefinition } from "../../shared/protocol.ts";
import type { ChatClient, ChatClientRoom } from "./chat-client.ts";
import { Draft } from "./draft.ts";
import type { FileDraft } from "./file-draft.ts";
import { type Message, messageKey } from "./message.ts";
import { OwnMessages } from "./own-messages.ts";
import { PeopleHere } from "./people-here.ts";
import { type RoomEntries, type RoomEntry, RoomTimeline } from "./room-timeline.ts";
import { TypingNotifier, TypingPeople } from "./typing.ts";

/** What a room has to tell besides what it shows. */
export type RoomNews =
  /** What it remembers is here. */
  | { readonly type: "loaded" }
  | { readonly type: "said"; readonly message: Message }
  /** After a break: how many messages of others came late. */
  | { readonly type: "recovered"; readonly count: number }
  /** After a break: there are some that nobody will hear; what is remembered was loaded anew. */
  | { readonly type: "gap" }
  | { readonly type: "refused"; readonly reason: string }
  | { readonly type: "left"; readonly error: RoomError | undefined };

export interface RoomSessionOptions {
  readonly client: ChatClient;
  readonly room: ChatRoomName;
  readonly you: Person;
  readonly readTo: Position | undefined;
  readonly onRead: (position: Position) => void;
  readonly onNews: (news: RoomNews) => void;
}

/** How the history of a room stands. */
export type HistoryState = "none" | "loading" | "ready" | "failed";

/** What can be counted of what was said before the page was there; beyond it there is "more than". */
export const MAX_COUNTED = 100;

/** Where nobody reads further up no more messages are kept; older ones can be loaded again. */
export const MAX_KEPT = 2000;

export class RoomSession {
  readonly room: ChatRoomName;
  readonly timeline: RoomTimeline;
  readonly people: PeopleHere = new PeopleHere();
  readonly typing: TypingPeople = new TypingPeople();
  readonly draft: Draft = new Draft();
  readonly unread: Signal<number> = signal(0);
  /** The last that had been read when the room was opened; what is behind it is new. */
  readonly newsAfter: Signal<number | undefined> = signal<number | undefined>(undefined);
  readonly isLive: Signal<boolean> = signal(false);
  readonly history: Signal<HistoryState> = signal<HistoryState>("none");
  readonly isLoadingOlder: Signal<boolean> = signal(false);
  /** What we say in it. */
  readonly own: OwnMessages;

  readonly #options: RoomSessionOptions;
  readonly #joined: ChatClientRoom;
  readonly #notifier: TypingNotifier;
  #readTo: Position | undefined;
  /** While what was missed comes: how much of it others have said. */
  #late: number | undefined;
  /** Whether it was heard before, so that joining is coming back. */
  #wasLive = false;
  #reading = 0;

  constructor(options: RoomSessionOptions) {
    const { client, room, you, readTo } = options;
    this.#options = options;
    this.room = room;
    this.timeline = new RoomTimeline(you);
    this.#readTo = readTo;
    this.#notifier = new TypingNotifier((isTyping) => {
      // It is no loss when it is lost.
      if (this.isLive.value) this.#joined.signal("typing", { isTyping }).catch(() => {});
    });
    const joined = client.join(room, { presence: true });
    this.#joined = joined;
    this.own = new OwnMessages({
      client,
      room: joined,
      you,
      timeline: this.timeline,
      onRefused: (reason) => options.onNews({ type: "refused", reason }),
    });
    joined.on("message", (data, info) => this.#hear({ event: "message", data, ...entryOf(info) }));
    joined.on("edit", (data, info) => this.#hear({ event: "edit", data, ...entryOf(info) }));
    joined.on("remove", (data, info) => this.#hear({ event: "remove", data, ...entryOf(info) }));
    joined.on("typing", ({ isTyping }, { from }) => this.#onTyping(from, isTyping));
    joined.observe((change) => {
      switch (change.type) {
        case "joined":
          return this.#onJoined(change.position);
        case "recovered":
          return this.#onRecovered();
        case "gap":
          return this.#onGap(change.from, change.position);
        case "interrupted":
          return this.#onInterrupted();
        case "people":
        case "presence":
          if (change.type === "presence" && change.change === "exit") this.#onTyping(change.person, false);
          return this.people.update(joined.people, joined.peopleTotal);
        case "left":
          return this.#onLeft(change.error);
        case "unreadable":
      }
    });
  }

  // Reading

  /** It is shown: what it remembers is loaded, if it was not. */
  open(): void {
    this.newsAfter.value = this.unread.value > 0 ? this.#readTo?.seq : undefined;
    if (this.history.value === "none" || this.history.value === "failed") void this.#load();
  }

  /** What has come was seen. */
  markRead(): void {
    const { position } = this.#joined;
    this.unread.value = 0;
    if (position === undefined || isSame(position, this.#readTo)) return;
    this.#readTo = position;
    this.#options.onRead(position);
  }

  /** Another tab of this person has read up to there. */
  readElsewhere(position: Position | undefined): void {
    if (position === undefined || isSame(position, this.#readTo)) return;
    this.#readTo = position;
    if (isSame(position, this.#joined.position)) this.unread.value = 0;
  }

  /** Older messages, if there are any. */
  async loadOlder(): Promise<void> {
    const { first, reachesStart } = this.timeline;
    if (this.isLoadingOlder.value || reachesStart || first === undefined) return;
    const reading = this.#reading;
    this.isLoadingOlder.value = true;
    try {
      const page = await this.#joined.history({ before: first });
      if (reading === this.#reading) this.timeline.prepend(entriesOf(page));
    } catch {
      // Whoever scrolls on asks again.
    } finally {
      this.isLoadingOlder.value = false;
    }
  }

  // Writing

  /** Somebody writes, or has stopped. */
  write(text: string): void {
    this.draft.text.value = text;
    if (this.draft.editing.value === undefined) this.#notifier.update(text.trim() !== "");
  }

  /** Something else is looked at. */
  stopTyping(): void {
    this.#notifier.update(false);
  }

  /** Shows what was written at once, and sends it as soon as that can be. */
  sendDraft(): void {
    const { draft } = this;
    if (!draft.canSend.value) return;
    const text = draft.text.value.trim();
    const { value: edited } = draft.editing;
    if (edited !== undefined) {
      draft.endEdit();
      if (text !== edited.text) this.own.edit(edited, text);
      return;
    }
    const { value: files } = draft.files;
    batch(() => {
      draft.clear();
      this.send(text, files);
    });
  }

  send(text: string, files: readonly FileDraft[] = []): void {
    this.#notifier.reset();
    this.own.send(text, files);
  }

  remove(message: Message): void {
    if (this.draft.editing.value?.key === message.key) this.draft.endEdit();
    this.own.remove(message);
  }

  /** Says whether we look at the page; the server tells the others. */
  setAway(isAway: boolean): void {
    // A refusal says that we are out of the room, which is told by itself.
    this.#joined.enter({ isAway }).catch(() => {});
  }

  leave(): void {
    this.stopTyping();
    this.#stop();
    this.#joined.leave();
  }

  // What the room says

  #hear(entry: RoomEntry): void {
    const isShown = this.history.value === "loading" || this.history.value === "ready";
    const author = readPerson(entry.from);
    batch(() => {
      if (isShown) this.timeline.add(entry);
      if (entry.event !== "message" || author === undefined) return;
      this.typing.set(author.key, false);
      if (author.key === this.#options.you.key) return;
      this.unread.value++;
      if (this.#late !== undefined) this.#late++;
      const message = this.timeline.find(messageKey(entry.from ?? "", entry.id));
      if (message !== undefined) this.#options.onNews({ type: "said", message });
    });
  }

  #onTyping(from: string | undefined, isTyping: boolean): void {
    const person = readPerson(from);
    if (person !== undefined && person.key !== this.#options.you.key) this.typing.set(person.key, isTyping);
  }

  #onJoined(position: Position): void {
    this.isLive.value = true;
    if (this.#wasLive) {
      this.#late = 0;
    } else {
      this.#wasLive = true;
      if (this.#readTo === undefined) this.markRead();
      else if (this.history.value === "none") void this.#countUnread(position);
    }
    if (this.history.value === "failed") void this.#load();
  }

  #onRecovered(): void {
    if (this.#late !== undefined) this.#options.onNews({ type: "recovered", count: this.#late });
    this.#late = undefined;
  }

  #onGap(from: Position, position: Position): void {
    this.#late = undefined;
    // Numbers of another history say nothing about this one.
    if (from.epoch !== position.epoch) this.timeline.clear();
    if (this.history.value === "none") {
      this.unread.value = 0;
      return void this.#countUnread(position);
    }
    void this.#load();
    this.#options.onNews({ type: "gap" });
  }

  #onInterrupted(): void {
    this.isLive.value = false;
    this.typing.clear();
    this.#notifier.reset();
  }

  #onLeft(error: RoomError | undefined): void {
    this.#stop();
    this.#options.onNews({ type: "left", error });
  }

  #stop(): void {
    this.isLive.value = false;
    this.typing.clear();
    this.own.stop();
  }

  // History

  async #load(): Promise<void> {
    const reading = ++this.#reading;
    this.history.value = "loading";
    try {
      const page = await this.#joined.history();
      if (reading !== this.#reading) return;
      batch(() => {
        this.timeline.begin(entriesOf(page));
        // Of a room that was opened before it could be counted what is unread.
        const { seq = Infinity, epoch } = this.#readTo ?? {};
        if (
          epoch === page.epoch &&
          page.entries.some((entry) => entry.position.seq > seq && this.#isNews(entry))
        ) {
          this.newsAfter.value = seq;
        }
        this.history.value = "ready";
      });
      this.#options.onNews({ type: "loaded" });
    } catch {
      if (reading === this.#reading) this.history.value = "failed";
    }
  }

  /** What was said while no page of this person was here. */
  async #countUnread(position: Position): Promise<void> {
    const from = this.#readTo;
    if (from === undefined || isSame(from, position)) return;
    try {
      // Another epoch is another history: all of it is new.
      const range = from.epoch === position.epoch ? { after: from.seq } : {};
      const { entries } = await this.#joined.history({ ...range, limit: MAX_COUNTED });
      const said = entries.filter((entry) => entry.position.seq <= position.seq && this.#isNews(entry));
      // It may have been read meanwhile.
      if (isSame(from, this.#readTo)) this.unread.value += said.length;
    } catch {
      // Then nothing is said about it.
    }
  }

  #isNews({ event, from }: Pick<RoomEntry, "event" | "from">): boolean {
    return event === "message" && readPerson(from)?.key !== this.#options.you.key;
  }
}

function entryOf({ position, time, id, from }: HeardInfo): Pick<RoomEntry, "seq" | "time" | "id" | "from"> {
  return { seq: position?.seq ?? 0, time: time ?? 0, id: id ?? "", from };
}

function entriesOf({ entries, first, last }: HistoryPage<ChatDefinition["rooms"]["chat"]>): RoomEntries {
  return {
    first,
    last,
    entries: entries.map(({ position: { seq }, ...entry }) => ({ ...entry, seq })),
  };
}

function isSame(one: Position, other: Position | undefined): boolean {
  return one.epoch === other?.epoch && one.seq === other.seq;
}
