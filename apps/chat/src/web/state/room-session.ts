// One room that the page is in: ties what the room says to what is shown of it, and what is written to what is sent. Owns what is
// unread, and the promise that nothing is shown twice or lost silently. Knows no other room, and no view.
import { batch, type Signal, signal } from "@preact/signals";
import type { HeardInfo, Position, RoomError } from "@ws/rooms/client";
import type { ChatRoomName } from "../../shared/names.ts";
import { type Person, readPerson } from "../../shared/person.ts";
import type { ChatClient, ChatClientRoom } from "./chat-client.ts";
import { Draft } from "./draft.ts";
import type { FileDraft } from "./file-draft.ts";
import { type Message, messageKey } from "./message.ts";
import { OwnMessages } from "./own-messages.ts";
import { PeopleHere } from "./people-here.ts";
import { RoomReading } from "./room-reading.ts";
import { type RoomEntry, RoomTimeline } from "./room-timeline.ts";
import { TypingNotifier, TypingPeople } from "./typing.ts";
import type { WaitingMessages } from "./waiting-messages.ts";

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
  /** What the page before this one had not brought there goes on. */
  readonly waiting: WaitingMessages;
  readonly readTo: Position | undefined;
  readonly onRead: (position: Position) => void;
  readonly onNews: (news: RoomNews) => void;
}

/** Where nobody reads further up no more messages are kept; older ones can be loaded again. */
export const MAX_KEPT = 2000;

export class RoomSession {
  readonly room: ChatRoomName;
  readonly timeline: RoomTimeline;
  readonly people: PeopleHere = new PeopleHere();
  readonly typing: TypingPeople = new TypingPeople();
  readonly draft: Draft = new Draft();
  readonly isLive: Signal<boolean> = signal(false);
  /** What it remembers, and what of it is new to us. */
  readonly reading: RoomReading;
  /** What we say in it. */
  readonly own: OwnMessages;

  readonly #options: RoomSessionOptions;
  readonly #joined: ChatClientRoom;
  readonly #notifier: TypingNotifier;
  /** While what was missed comes: how much of it others have said. */
  #late: number | undefined;
  /** Whether it was heard before, so that joining is coming back. */
  #wasLive = false;

  constructor(options: RoomSessionOptions) {
    const { client, room, you, readTo } = options;
    this.#options = options;
    this.room = room;
    this.timeline = new RoomTimeline(you);
    this.#notifier = new TypingNotifier((isTyping) => {
      // It is no loss when it is lost.
      if (this.isLive.value) this.#joined.signal("typing", { isTyping }).catch(() => {});
    });
    const joined = client.join(room, { presence: true });
    this.#joined = joined;
    this.reading = new RoomReading({
      room: joined,
      you,
      timeline: this.timeline,
      readTo,
      onRead: options.onRead,
      onLoaded: () => options.onNews({ type: "loaded" }),
    });
    this.own = new OwnMessages({
      client,
      room: joined,
      you,
      timeline: this.timeline,
      waiting: options.waiting,
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
    this.own.resume();
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
    const author = readPerson(entry.from);
    batch(() => {
      if (this.reading.isShown) this.timeline.add(entry);
      if (entry.event !== "message" || author === undefined) return;
      this.typing.set(author.key, false);
      if (author.key === this.#options.you.key) return;
      this.reading.unread.value++;
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
    if (this.#wasLive) this.#late = 0;
    else this.reading.begin(position);
    this.#wasLive = true;
    if (this.reading.state.value === "failed") void this.reading.load();
  }

  #onRecovered(): void {
    if (this.#late !== undefined) this.#options.onNews({ type: "recovered", count: this.#late });
    this.#late = undefined;
  }

  #onGap(from: Position, position: Position): void {
    this.#late = undefined;
    // Numbers of another history say nothing about this one.
    if (from.epoch !== position.epoch) this.timeline.clear();
    if (this.reading.state.value === "none") return void this.reading.count(position);
    void this.reading.load();
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
}

function entryOf({ position, time, id, from }: HeardInfo): Pick<RoomEntry, "seq" | "time" | "id" | "from"> {
  return { seq: position?.seq ?? 0, time: time ?? 0, id: id ?? "", from };
}
