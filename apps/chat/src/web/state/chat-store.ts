// The state of the page: signals that the views read, and the commands they call. Turns the server's events into the
// next state by the pure functions around it, and keeps the promises to the user: nothing twice, nothing lost silently.
import { computed, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import { decodeServerEvent } from "../../shared/decode.ts";
import { DEFAULT_ROOM } from "../../shared/names.ts";
import {
  ChatClose,
  type ClientEvent,
  type Person,
  type Position,
  type Recovery,
  type ServerEvent,
} from "../../shared/protocol.ts";
import type { ConnectionStatus, SocketHandlers } from "../transport/reconnecting-socket.ts";
import type { SessionApi } from "../transport/session-api.ts";
import type { BrowserMemory } from "./browser-memory.ts";
import * as conversation from "./conversation.ts";
import type { Conversation, Outgoing } from "./conversation.ts";
import { loadReadMarks, saveReadMarks } from "./read-marks.ts";
import { joinedRooms, otherRooms, type ReadMarks, type RoomEntry, withCounts } from "./room-list.ts";
import { TypingNotifier, TypingPeople } from "./typing.ts";

/** What the store needs of the connection. */
export interface ChatSocket {
  readonly status: ReadonlySignal<ConnectionStatus>;
  connect(): void;
  send(text: string): boolean;
  close(): void;
}

export interface ChatStoreOptions {
  readonly createSocket: (handlers: SocketHandlers) => ChatSocket;
  readonly api: SessionApi;
  readonly memory: BrowserMemory;
  readonly newId?: () => string;
}

export type Phase =
  /** Asking who we are. */
  | "starting"
  /** Nobody yet. */
  | "entering"
  | "chatting";

export interface Notice {
  readonly text: string;
  readonly tone: "good" | "bad";
}

const NOTICE_MS = 6000;
const ANSWER_MS = 15_000;
const RETRY_START_MS = 2000;
const UNREACHABLE = "The server cannot be reached. Try again.";

export class ChatStore {
  readonly phase: Signal<Phase> = signal<Phase>("starting");
  readonly you: Signal<Person | undefined> = signal<Person | undefined>(undefined);
  readonly enterError: Signal<string | undefined> = signal<string | undefined>(undefined);
  readonly isEntering: Signal<boolean> = signal(false);
  /** The room that is shown. */
  readonly room: Signal<string> = signal(DEFAULT_ROOM);
  /** Whether anybody looks at the page: what nobody sees is not read. */
  readonly isVisible: Signal<boolean> = signal(true);
  readonly notice: Signal<Notice | undefined> = signal<Notice | undefined>(undefined);
  /** What a screen reader is to say next. */
  readonly announcement: Signal<string> = signal("");
  readonly typing: TypingPeople = new TypingPeople();

  readonly #conversations = signal<ReadonlyMap<string, Conversation>>(new Map());
  /** The rooms we are in, and the latest message of each. */
  readonly #positions = signal<ReadonlyMap<string, Position>>(new Map());
  readonly #counts = signal<ReadonlyMap<string, number>>(new Map());
  readonly #marks: Signal<ReadMarks>;

  readonly #socket: ChatSocket;
  readonly #api: SessionApi;
  readonly #memory: BrowserMemory;
  readonly #newId: () => string;
  readonly #drafts = new Map<string, string>();
  readonly #typingNotifier: TypingNotifier;
  /** Of messages that were sent and wait for their confirmation. */
  readonly #answerTimers = new Map<string, ReturnType<typeof setTimeout>>();
  #noticeTimer: ReturnType<typeof setTimeout> | undefined;

  constructor({ createSocket, api, memory, newId = () => crypto.randomUUID() }: ChatStoreOptions) {
    this.#api = api;
    this.#memory = memory;
    this.#newId = newId;
    this.#marks = signal(loadReadMarks(memory));
    this.#socket = createSocket({
      onText: (text) => this.#receive(text),
      onBreak: () => this.#onBreak(),
      mayRetry: (code) => this.#mayRetry(code),
    });
    this.#typingNotifier = new TypingNotifier((isTyping) => {
      this.#tell({ type: "typing", room: this.room.value, isTyping });
    });
  }

  // What the views read

  get status(): ReadonlySignal<ConnectionStatus> {
    return this.#socket.status;
  }

  readonly current: ReadonlySignal<Conversation> = computed(
    () => this.#conversations.value.get(this.room.value) ?? conversation.emptyConversation(this.room.value),
  );

  readonly joinedRooms: ReadonlySignal<readonly RoomEntry[]> = computed(() =>
    joinedRooms(this.#positions.value, this.#counts.value, this.#marks.value),
  );

  readonly otherRooms: ReadonlySignal<readonly RoomEntry[]> = computed(() =>
    otherRooms(this.#positions.value, this.#counts.value),
  );

  readonly unread: ReadonlySignal<number> = computed(() =>
    this.joinedRooms.value.reduce((sum, { unread }) => sum + unread, 0),
  );

  /** The name that was used last, to begin with. */
  get lastName(): string {
    return this.#memory.get("name") ?? "";
  }

  draft(room: string): string {
    return this.#drafts.get(room) ?? "";
  }

  // Commands: coming and going

  /** Asks the server whether this browser is somebody already. */
  async start(): Promise<void> {
    try {
      const answer = await this.#api.who();
      if ("you" in answer && answer.you !== null) this.#begin(answer.you);
      else this.phase.value = "entering";
    } catch {
      setTimeout(() => void this.start(), RETRY_START_MS);
    }
  }

  async enter(name: string): Promise<void> {
    if (this.isEntering.value) return;
    this.isEntering.value = true;
    this.enterError.value = undefined;
    try {
      const person = await this.#enterAs(name);
      if (person !== undefined) this.#begin(person);
    } catch {
      this.enterError.value = UNREACHABLE;
    } finally {
      this.isEntering.value = false;
    }
  }

  /** Leaves the chat, on all tabs, and gives the name back. */
  async exit(): Promise<void> {
    try {
      await this.#api.leave();
      this.#end();
    } catch {
      this.#notify(UNREACHABLE, "bad");
    }
  }

  reconnectNow(): void {
    this.#socket.connect();
  }

  // Commands: rooms

  /** Shows a room, and joins it unless that has been done. */
  open(room: string): void {
    this.#typingNotifier.update(false);
    this.typing.clear();
    this.room.value = room;
    if (!this.current.value.isLive) this.#join(room);
    this.markRead();
  }

  leave(room: string): void {
    this.#tell({ type: "leave", room });
  }

  /** What is shown now has been read, if anybody was looking. */
  markRead(): void {
    const room = this.room.value;
    const position = this.#positions.value.get(room);
    if (position === undefined || !this.isVisible.value) return;
    this.#setMarks({ ...this.#marks.value, [room]: position });
  }

  /** Another tab of this browser has read something. */
  reloadMarks(): void {
    this.#marks.value = loadReadMarks(this.#memory);
  }

  // Commands: messages

  /** Keeps what is being written, per room, and tells the others that something is. */
  write(text: string): void {
    this.#drafts.set(this.room.value, text);
    this.#typingNotifier.update(text.trim() !== "");
  }

  /** Shows the message at once, and sends it as soon as there is a connection. */
  send(text: string): void {
    const room = this.room.value;
    const message = { id: this.#newId(), at: Date.now(), text };
    this.#update(room, (current) => conversation.queued(current, message));
    this.#drafts.delete(room);
    this.#typingNotifier.reset();
    this.#transmit(room, message);
  }

  retry(id: string): void {
    const room = this.room.value;
    this.#update(room, (current) => conversation.retried(current, id));
    const message = this.current.value.outgoing.find((candidate) => candidate.id === id);
    if (message !== undefined) this.#transmit(room, message);
  }

  discard(id: string): void {
    this.#update(this.room.value, (current) => conversation.discarded(current, id));
  }

  // The session

  #begin(person: Person): void {
    this.#memory.set("name", person.name);
    this.you.value = person;
    this.phase.value = "chatting";
    this.#socket.connect();
  }

  #end(): void {
    this.#socket.close();
    for (const id of [...this.#answerTimers.keys()]) this.#stopWaiting(id);
    this.typing.clear();
    this.#conversations.value = new Map();
    this.#positions.value = new Map();
    this.you.value = undefined;
    this.phase.value = "entering";
  }

  async #enterAs(name: string): Promise<Person | undefined> {
    const answer = await this.#api.enter(name);
    if ("error" in answer) this.enterError.value = answer.reason;
    else if (answer.you !== null) return answer.you;
    return undefined;
  }

  /** The server does not know us: after its restart, for one. We know our name and introduce ourselves again. */
  async #mayRetry(code: number): Promise<boolean> {
    const name = this.you.value?.name;
    if (code === ChatClose.sessionEnded || name === undefined) {
      this.#end();
      return false;
    }
    if (code !== ChatClose.noSession && code !== ChatClose.nameTaken) return true;
    const person = await this.#enterAs(name);
    if (person === undefined) this.#end();
    else this.you.value = person;
    return person !== undefined;
  }

  // Events

  #receive(text: string): void {
    const event = decodeServerEvent(text);
    // A newer server may say more than this page understands.
    if (event !== undefined) this.#apply(event);
  }

  #apply(event: ServerEvent): void {
    switch (event.type) {
      case "welcome":
        return this.#onWelcome(event);
      case "joined":
        return this.#onJoined(event);
      case "left":
        return this.#onLeft(event.room);
      case "message":
        return this.#onMessage(event);
      case "member-joined":
        return this.#update(event.room, (current) => conversation.memberJoined(current, event.person));
      case "member-left":
        if (event.room === this.room.value) this.typing.set(event.personId, false);
        return this.#update(event.room, (current) => conversation.memberLeft(current, event.personId));
      case "typing":
        if (event.room === this.room.value) this.typing.set(event.personId, event.isTyping);
        return;
      case "rooms":
        this.#counts.value = withCounts(this.#counts.value, event.changed);
        return;
      case "error":
        return this.#onError(event);
      case "pong":
        return;
    }
  }

  #onWelcome({ you, joined, rooms }: ServerEvent & { type: "welcome" }): void {
    this.you.value = you;
    const known = this.#positions.value;
    this.#positions.value = new Map(joined.map(({ room, position }) => [room, position]));
    this.#counts.value = withCounts(new Map(), rooms);

    const marks = { ...this.#marks.value };
    for (const { room, position } of joined) if (!Object.hasOwn(marks, room)) marks[room] = position;
    this.#setMarks(marks);

    // The room that is shown, those whose content must catch up, and those that the server has forgotten.
    const toJoin = new Set([this.room.value, ...this.#conversations.value.keys()]);
    for (const room of known.keys()) if (!this.#positions.value.has(room)) toJoin.add(room);
    for (const room of toJoin) this.#join(room);
  }

  #onJoined(event: ServerEvent & { type: "joined" }): void {
    const { room, recovery, messages } = event;
    const before = this.#conversations.value.get(room)?.position;
    this.#update(room, (current) => conversation.joined(current, event), true);
    this.#setPosition(room, event.position);
    if (!Object.hasOwn(this.#marks.value, room))
      this.#setMarks({ ...this.#marks.value, [room]: event.position });
    if (room === this.room.value) {
      this.markRead();
      if (before !== undefined) this.#notifyRecovery(recovery, messages.length);
    }
    for (const { id } of messages) this.#stopWaiting(id);
    for (const message of this.#outgoing(room)) {
      if (message.state === "pending") this.#transmit(room, message);
    }
  }

  #notifyRecovery(recovery: Recovery, count: number): void {
    if (recovery === "gap") this.#notify("Some messages were missed for good: history reloaded", "bad");
    else if (count > 0) this.#notify(`${count} ${count === 1 ? "message" : "messages"} recovered`, "good");
    else this.#notify("Connected again, nothing was missed", "good");
  }

  #onLeft(room: string): void {
    this.#conversations.value = without(this.#conversations.value, room);
    this.#positions.value = without(this.#positions.value, room);
    const { [room]: _, ...marks } = this.#marks.value;
    this.#setMarks(marks);
    if (this.room.value !== room) return;
    this.open(this.joinedRooms.value[0]?.room ?? DEFAULT_ROOM);
  }

  #onMessage({ room, epoch, message }: ServerEvent & { type: "message" }): void {
    this.#stopWaiting(message.id);
    this.#setPosition(room, { epoch, seq: message.seq });
    const known = this.#conversations.value.get(room);
    if (known?.isLive === true && known.position?.epoch !== epoch) return this.#join(room);
    const isNew = known?.messages.some(({ seq }) => seq === message.seq) !== true;
    this.#update(room, (current) => conversation.received(current, message));
    if (room !== this.room.value) return;
    this.typing.set(message.author.id, false);
    this.markRead();
    if (isNew && message.author.id !== this.you.value?.id) {
      this.announcement.value = `${message.author.name}: ${message.text}`;
    }
  }

  #onError({ code, reason, room, id, retryAfterMs = 1000 }: ServerEvent & { type: "error" }): void {
    if (room === undefined || id === undefined) return this.#notify(reason, "bad");
    this.#stopWaiting(id);
    if (code === "rate-limited") {
      setTimeout(() => this.#transmitAgain(room, id), retryAfterMs);
      return;
    }
    this.#fail(room, id, reason);
  }

  #onBreak(): void {
    for (const id of [...this.#answerTimers.keys()]) this.#stopWaiting(id);
    this.typing.clear();
    this.#typingNotifier.reset();
    this.#conversations.value = new Map(
      [...this.#conversations.value].map(([room, current]) => [room, conversation.interrupted(current)]),
    );
  }

  // Sending

  #join(room: string): void {
    const after = this.#conversations.value.get(room)?.position;
    this.#tell({ type: "join", room, ...(after !== undefined && { after }) });
  }

  /** Before the room is live nothing is sent: what is pending then goes with `joined`. */
  #transmit(room: string, { id, text }: Pick<Outgoing, "id" | "text">): void {
    if (this.#conversations.value.get(room)?.isLive !== true) return;
    if (!this.#tell({ type: "send", room, id, text })) return;
    this.#stopWaiting(id);
    this.#answerTimers.set(
      id,
      setTimeout(() => this.#fail(room, id, "The server has not confirmed it."), ANSWER_MS),
    );
  }

  #transmitAgain(room: string, id: string): void {
    const message = this.#outgoing(room).find((candidate) => candidate.id === id);
    if (message?.state === "pending") this.#transmit(room, message);
  }

  #fail(room: string, id: string, reason: string): void {
    this.#stopWaiting(id);
    this.#update(room, (current) => conversation.failed(current, id, reason));
    this.announcement.value = `A message was not sent. ${reason}`;
  }

  #stopWaiting(id: string): void {
    clearTimeout(this.#answerTimers.get(id));
    this.#answerTimers.delete(id);
  }

  #tell(event: ClientEvent): boolean {
    return this.#socket.send(JSON.stringify(event));
  }

  // State

  #outgoing(room: string): readonly Outgoing[] {
    return this.#conversations.value.get(room)?.outgoing ?? [];
  }

  /** Changes a conversation; one that is not there yet begins when it is the one shown, or when `mayBegin`. */
  #update(room: string, change: (current: Conversation) => Conversation, mayBegin = false): void {
    const existing = this.#conversations.value.get(room);
    if (existing === undefined && !mayBegin && room !== this.room.value) return;
    const next = change(existing ?? conversation.emptyConversation(room));
    this.#conversations.value = new Map(this.#conversations.value).set(room, next);
  }

  /** The latest position only moves forward, except into another epoch. */
  #setPosition(room: string, position: Position): void {
    const known = this.#positions.value.get(room);
    if (known?.epoch === position.epoch && known.seq >= position.seq) return;
    this.#positions.value = new Map(this.#positions.value).set(room, position);
  }

  #setMarks(marks: ReadMarks): void {
    this.#marks.value = marks;
    saveReadMarks(this.#memory, marks);
  }

  #notify(text: string, tone: Notice["tone"]): void {
    clearTimeout(this.#noticeTimer);
    this.notice.value = { text, tone };
    this.announcement.value = text;
    this.#noticeTimer = setTimeout(() => (this.notice.value = undefined), NOTICE_MS);
  }
}

function without<Value>(map: ReadonlyMap<string, Value>, key: string): ReadonlyMap<string, Value> {
  const next = new Map(map);
  next.delete(key);
  return next;
}
