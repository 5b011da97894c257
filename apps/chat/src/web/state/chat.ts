// The chat of one tab: who the person is, the connection, the rooms they are in, and which of them is shown. Ties the other modules of
// this folder together, and decides nothing that one of them can decide.
import { batch, computed, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import { LIMITS } from "../../shared/limits.ts";
import { type ChatRoomName, DEFAULT_ROOM, readRoom } from "../../shared/names.ts";
import type { Person } from "../../shared/person.ts";
import { ChatClose } from "../../shared/protocol.ts";
import type { SessionApi } from "../transport/session-api.ts";
import { ConnectionMonitor } from "./connection-monitor.ts";
import { sentenceFor } from "./error-sentence.ts";
import { JoinedRooms } from "./joined-rooms.ts";
import { Life, type LifeOptions } from "./life.ts";
import { Notices } from "./notices.ts";
import { otherRooms, type RoomListEntry } from "./room-list.ts";
import { MAX_KEPT, type RoomNews, type RoomSession } from "./room-session.ts";
import { Session, UNREACHABLE } from "./session.ts";

export interface ChatOptions extends LifeOptions {
  readonly api: SessionApi;
}

const DEFAULT_MAX_FILE_BYTES = 8 * 1024 * 1024;

export class Chat {
  readonly session: Session;
  readonly connection: ConnectionMonitor = new ConnectionMonitor();
  readonly notices: Notices = new Notices();
  /** The room that is shown. */
  readonly room: Signal<ChatRoomName> = signal<ChatRoomName>(DEFAULT_ROOM);
  /** Whether anybody looks at the page: what nobody sees is not read. */
  readonly isVisible: Signal<boolean> = signal(true);
  /** Whether the end of the messages is in sight. */
  readonly isAtEnd: Signal<boolean> = signal(true);
  readonly maxFileBytes: Signal<number> = signal(DEFAULT_MAX_FILE_BYTES);
  /** Which of the views beside the chat this server has, for this person. */
  readonly extras: Signal<{ readonly hasInspector: boolean; readonly hasLab: boolean }> = signal({
    hasInspector: false,
    hasLab: false,
  });
  /** Until when the server takes nothing from us, because we were too fast. */
  readonly limitedUntil: Signal<number | undefined> = signal<number | undefined>(undefined);

  readonly #options: ChatOptions;
  readonly #rooms = new JoinedRooms();
  readonly #life: Signal<Life | undefined> = signal<Life | undefined>(undefined);
  #limitTimer: ReturnType<typeof setTimeout> | undefined;
  /** Whether the server has known us since we introduced ourselves. */
  #wasWelcome = false;

  constructor(options: ChatOptions) {
    this.#options = options;
    this.session = new Session(options.api, options.memory, (you) => this.#begin(you));
  }

  // What the views read

  readonly current: ReadonlySignal<RoomSession | undefined> = computed(() =>
    this.#rooms.sessions.value.get(this.room.value),
  );

  readonly joinedRooms: ReadonlySignal<readonly RoomListEntry[]> = computed(() =>
    this.#rooms.list(this.#counts.value),
  );

  readonly otherRooms: ReadonlySignal<readonly RoomListEntry[]> = computed(() =>
    otherRooms(this.#rooms.sessions.value, this.#counts.value),
  );

  get unread(): ReadonlySignal<number> {
    return this.#rooms.unread;
  }

  get isUploading(): ReadonlySignal<boolean> {
    return this.#rooms.isUploading;
  }

  readonly #counts: ReadonlySignal<ReadonlyMap<string, number>> = computed(
    () => this.#life.value?.directory.counts.value ?? new Map<string, number>(),
  );

  labelOf(room: string): string {
    return this.#rooms.labelOf(room);
  }

  // Commands: coming and going

  async exit(): Promise<void> {
    const hasLeft = await this.session.leave();
    if (hasLeft) this.#end();
    else this.notices.show(UNREACHABLE, "bad");
  }

  /** Does not wait any longer; begins anew where there was no point in coming back. */
  reconnectNow(): void {
    const life = this.#life.value;
    if (life === undefined) return;
    if (this.connection.status.value.state !== "closed") return life.socket.reconnectNow();
    this.#end();
    this.#begin(life.you);
  }

  /** The person did something: typed, or moved the mouse. */
  active(): void {
    this.#life.value?.away.active();
  }

  /** Somebody looks at the page now, or nobody does. */
  setVisible(isVisible: boolean): void {
    this.isVisible.value = isVisible;
    if (!isVisible) return;
    this.active();
    this.markRead();
  }

  /** Another tab has changed what the browser remembers. */
  onMemoryChange(): void {
    const life = this.#life.value;
    if (life === undefined) return;
    for (const session of this.#rooms.sessions.value.values())
      session.reading.readElsewhere(life.memory.readTo(session.room));
    life.away.look();
  }

  // Commands: rooms

  /** Shows a room, and joins it unless that has been done. @param title of one that has no name of its own, as its link had it */
  open(room: ChatRoomName, title?: string): void {
    batch(() => {
      if (title !== undefined && title !== "") {
        this.#rooms.setTitle(room, title);
        this.#life.value?.memory.setTitle(room, title);
      }
      this.current.value?.stopTyping();
      this.room.value = room;
      this.isAtEnd.value = true;
      if (!this.#join(room)) return;
      this.current.value?.reading.open();
      this.markRead();
    });
  }

  leave(room: ChatRoomName): void {
    this.#rooms.sessions.value.get(room)?.leave();
  }

  /** @returns why it could not be made */
  async create(name: string, isInviteOnly: boolean): Promise<string | undefined> {
    const life = this.#life.value;
    if (life === undefined) return UNREACHABLE;
    try {
      const { room } = await life.client.request("createRoom", { name, isInviteOnly });
      const known = readRoom(room);
      if (known === undefined) return "That did not work.";
      this.open(known.room, isInviteOnly ? name : undefined);
      return undefined;
    } catch (error) {
      return sentenceFor(error);
    }
  }

  /** What is shown now has been read, if anybody was looking. */
  markRead(): void {
    if (this.isVisible.value && this.isAtEnd.value) this.current.value?.reading.markRead();
  }

  /** The end of the messages is in sight, or is not. */
  setAtEnd(isAtEnd: boolean): void {
    this.isAtEnd.value = isAtEnd;
    this.markRead();
  }

  // A life

  #begin(you: Person): void {
    const life = new Life(you, this.#options, (isAway) => {
      for (const session of this.#rooms.sessions.value.values()) session.setAway(isAway);
    });
    const { client, socket, memory } = life;
    this.connection.watch(socket, client);
    client.onEvent("hello", ({ maxFileBytes, hasInspector, hasLab }) => {
      this.#wasWelcome = true;
      this.maxFileBytes.value = maxFileBytes;
      this.extras.value = { hasInspector, hasLab };
    });
    client.onEvent("limited", ({ retryAfterMs }) => this.#onLimited(retryAfterMs));
    client.observe(({ type }) => {
      if (type === "interrupted") this.notices.announce("The connection broke. It is tried again.");
    });
    socket.on("statechange", (change) => {
      if (change.state === "closed" && this.#life.value?.socket === socket) {
        this.#onClosed(change.end?.type === "closed" ? change.end.result.code : undefined);
      }
    });
    batch(() => {
      this.#life.value = life;
      for (const kept of memory.rooms) {
        const known = readRoom(kept);
        if (known !== undefined) this.#join(known.room);
      }
      this.open(this.room.value);
    });
  }

  #end(): void {
    const life = this.#life.value;
    if (life === undefined) return;
    clearTimeout(this.#limitTimer);
    this.#life.value = undefined;
    this.#rooms.clear();
    this.limitedUntil.value = undefined;
    life.end();
  }

  /** The server does not want this session any more, or there is no point in coming back. */
  #onClosed(code: number | undefined): void {
    const name = this.#life.value?.you.name;
    if (code === undefined || !(Object.values(ChatClose) as number[]).includes(code)) return;
    this.#end();
    if (code === ChatClose.noSession && name !== undefined && this.#wasWelcome) {
      // After seven days, or where the server was set up anew: we know our name, and introduce ourselves again.
      this.#wasWelcome = false;
      this.session.end(undefined);
      void this.session.enter(name);
    } else if (code === ChatClose.noSession) {
      // Where it never knew us introducing ourselves again is no help.
      this.session.end("The server does not know you: your browser seems to keep no cookies for this page.");
    } else if (code === ChatClose.nameTaken) {
      this.session.end(`Somebody took the name “${name}” while you were away.`);
    } else this.session.end(undefined);
  }

  #onLimited(retryAfterMs: number): void {
    clearTimeout(this.#limitTimer);
    this.limitedUntil.value = Date.now() + retryAfterMs;
    this.#limitTimer = setTimeout(() => (this.limitedUntil.value = undefined), retryAfterMs);
  }

  /** @returns whether the page is in it */
  #join(room: ChatRoomName): boolean {
    const life = this.#life.value;
    const { value: sessions } = this.#rooms.sessions;
    if (life === undefined || sessions.has(room)) return life !== undefined;
    if (sessions.size >= LIMITS.roomsPerPage) {
      const text = `You are in ${LIMITS.roomsPerPage} rooms, as many as one can be. Leave one first.`;
      this.notices.show(text, "bad");
      return false;
    }
    this.#rooms.join(room, life, (session, news) => this.#onNews(session, news));
    return true;
  }

  #onNews(session: RoomSession, news: RoomNews): void {
    const isShown = session === this.current.value;
    switch (news.type) {
      case "loaded":
        if (isShown) this.markRead();
        return;
      case "said":
        // Nobody reads further up there.
        if (!isShown || this.isAtEnd.value) session.timeline.trim(MAX_KEPT);
        if (!isShown) return;
        this.notices.announce(`${news.message.author.name}: ${news.message.text || "sent a file"}`);
        return this.markRead();
      case "recovered":
        if (isShown) this.notices.show(recoveredSentence(news.count), "good");
        return;
      case "gap":
        if (isShown) this.notices.show("Gap: some messages were missed, history reloaded", "bad");
        return;
      case "refused":
        return this.notices.show(`Not changed. ${news.reason}`, "bad");
      case "left":
        return this.#onLeft(session, news.error === undefined ? undefined : sentenceFor(news.error));
    }
  }

  #onLeft({ room }: RoomSession, reason: string | undefined): void {
    const life = this.#life.value;
    if (life === undefined || life.client.state === "closed") return;
    batch(() => {
      this.#rooms.forget(room);
      life.memory.setRoom(room, false);
      if (reason !== undefined) this.notices.show(`#${this.labelOf(room)}: ${reason}`, "bad");
      if (this.room.value === room) this.open(this.joinedRooms.value[0]?.room ?? DEFAULT_ROOM);
    });
  }
}

function recoveredSentence(count: number): string {
  if (count === 0) return "Connected again, nothing was missed";
  return `${count} ${count === 1 ? "message" : "messages"} recovered`;
}
