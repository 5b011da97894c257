// The chat of one tab: who the person is, the connection, the rooms they are in, and which of them is shown. Ties the other modules of
// this folder together, and decides nothing that one of them can decide.
import { batch, computed, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import type { ChatSocket } from "./chat-client.ts";
import { RoomClient } from "@ws/rooms/client";
import { LIMITS } from "../../shared/limits.ts";
import { type ChatRoomName, DEFAULT_ROOM, readRoom } from "../../shared/names.ts";
import type { Person } from "../../shared/person.ts";
import { ChatClose, protocol } from "../../shared/protocol.ts";
import type { SessionApi } from "../transport/session-api.ts";
import { AwayWatch } from "./away-watch.ts";
import type { BrowserMemory } from "./browser-memory.ts";
import type { ChatClient } from "./chat-client.ts";
import { ConnectionMonitor } from "./connection-monitor.ts";
import { Directory } from "./directory.ts";
import { sentenceFor } from "./error-sentence.ts";
import { Notices } from "./notices.ts";
import { PersonMemory } from "./person-memory.ts";
import { joinedRooms, otherRooms, type RoomListEntry, roomLabel } from "./room-list.ts";
import { MAX_KEPT, type RoomNews, RoomSession } from "./room-session.ts";
import { Session, UNREACHABLE } from "./session.ts";

export interface ChatOptions {
  /** A connection to the server that comes back by itself. */
  readonly connect: () => ChatSocket;
  readonly api: SessionApi;
  readonly memory: BrowserMemory;
}

/** What exists as long as one is somebody. */
interface Life {
  readonly you: Person;
  readonly memory: PersonMemory;
  readonly socket: ChatSocket;
  readonly client: ChatClient;
  readonly directory: Directory;
  readonly away: AwayWatch;
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
  readonly #rooms: Signal<ReadonlyMap<string, RoomSession>> = signal<ReadonlyMap<string, RoomSession>>(
    new Map(),
  );
  readonly #titles: Signal<ReadonlyMap<string, string>> = signal<ReadonlyMap<string, string>>(new Map());
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
    this.#rooms.value.get(this.room.value),
  );

  readonly joinedRooms: ReadonlySignal<readonly RoomListEntry[]> = computed(() => {
    const joined = [...this.#rooms.value.values()].map(({ room, reading, people }) => {
      return { room, label: this.labelOf(room), unread: reading.unread.value, here: people.total.value };
    });
    return joinedRooms(joined, this.#counts.value);
  });

  readonly otherRooms: ReadonlySignal<readonly RoomListEntry[]> = computed(() =>
    otherRooms(this.#rooms.value, this.#counts.value),
  );

  readonly unread: ReadonlySignal<number> = computed(() => {
    return [...this.#rooms.value.values()].reduce((sum, { reading }) => sum + reading.unread.value, 0);
  });

  readonly #counts: ReadonlySignal<ReadonlyMap<string, number>> = computed(
    () => this.#life.value?.directory.counts.value ?? new Map<string, number>(),
  );

  labelOf(room: string): string {
    return roomLabel(room, this.#titles.value.get(room));
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
    for (const session of this.#rooms.value.values())
      session.reading.readElsewhere(life.memory.readTo(session.room));
    life.away.look();
  }

  // Commands: rooms

  /** Shows a room, and joins it unless that has been done. @param title of one that has no name of its own, as its link had it */
  open(room: ChatRoomName, title?: string): void {
    batch(() => {
      if (title !== undefined && title !== "") this.#setTitle(room, title);
      this.current.value?.stopTyping();
      this.room.value = room;
      this.isAtEnd.value = true;
      if (this.#life.value === undefined) return;
      if (!this.#rooms.value.has(room) && !this.#join(room)) return;
      this.current.value?.reading.open();
      this.markRead();
    });
  }

  leave(room: ChatRoomName): void {
    this.#rooms.value.get(room)?.leave();
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
    const memory = new PersonMemory(this.#options.memory, you.key);
    const socket = this.#options.connect();
    const client: ChatClient = new RoomClient(protocol, socket);
    const away = new AwayWatch(this.#options.memory, (isAway) => {
      for (const session of this.#rooms.value.values()) session.setAway(isAway);
    });
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
      this.#life.value = { you, memory, socket, client, away, directory: new Directory(client) };
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
    this.#rooms.value = new Map();
    this.limitedUntil.value = undefined;
    life.away.stop();
    life.client.close();
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

  /** @returns whether there was room for it */
  #join(room: ChatRoomName): boolean {
    const life = this.#life.value;
    if (life === undefined || this.#rooms.value.has(room)) return life !== undefined;
    if (this.#rooms.value.size >= LIMITS.roomsPerPage) {
      this.notices.show(
        `You are in ${LIMITS.roomsPerPage} rooms, as many as one can be. Leave one first.`,
        "bad",
      );
      return false;
    }
    const { client, you, memory, away } = life;
    const title = memory.titleOf(room);
    if (title !== undefined) this.#titles.value = new Map(this.#titles.value).set(room, title);
    const session = new RoomSession({
      client,
      room,
      you,
      readTo: memory.readTo(room),
      onRead: (position) => memory.setReadTo(room, position),
      onNews: (news) => this.#onNews(session, news),
    });
    this.#rooms.value = new Map(this.#rooms.value).set(room, session);
    memory.setRoom(room, true);
    session.setAway(away.isAway);
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
      const rooms = new Map(this.#rooms.value);
      rooms.delete(room);
      this.#rooms.value = rooms;
      life.memory.setRoom(room, false);
      if (reason !== undefined) this.notices.show(`#${this.labelOf(room)}: ${reason}`, "bad");
      if (this.room.value === room) this.open(this.joinedRooms.value[0]?.room ?? DEFAULT_ROOM);
    });
  }

  #setTitle(room: ChatRoomName, title: string): void {
    this.#titles.value = new Map(this.#titles.value).set(room, title);
    this.#life.value?.memory.setTitle(room, title);
  }
}

function recoveredSentence(count: number): string {
  if (count === 0) return "Connected again, nothing was missed";
  return `${count} ${count === 1 ? "message" : "messages"} recovered`;
}
