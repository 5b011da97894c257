// What the nodes of one memory share: the rooms' histories, who listens, who is present. Hands entries and announcements on
// in the order in which they came, after whoever brought them is done: a listener may append, and all are to hear the same order.
import { reportUncaught } from "../engine/report-uncaught.ts";
import type { ResolvedRoomLogOptions } from "../engine/resolve-options.ts";
import type { Appended, NewEntry, PresenceRecord, ReadRange, RoomListener, RoomPage } from "../room-log.ts";
import { RoomHistory } from "./room-history.ts";

/** How much of all rooms together is kept. */
export interface StoreLimits {
  readonly maxRooms: number;
  readonly maxTotalBytes: number;
}

export class MemoryStore {
  readonly #options: ResolvedRoomLogOptions;
  readonly #limits: StoreLimits;

  /** The one that was not used for the longest time is the first. */
  readonly #histories = new Map<string, RoomHistory>();
  #bytes = 0;

  readonly #listeners = new Map<string, Set<RoomListener>>();
  /** What is still to be told; `undefined` where nothing waits. */
  #told: (() => void)[] | undefined;

  /** Room → node → person → data. */
  readonly #presence = new Map<string, Map<string, Map<string, Uint8Array>>>();

  constructor(options: ResolvedRoomLogOptions, limits: StoreLimits) {
    this.#options = options;
    this.#limits = limits;
  }

  append(room: string, entries: readonly NewEntry[]): Appended[] {
    const history = this.#use(room);
    const before = history.bytes;
    const now = Date.now();
    const results = entries.map((candidate) => {
      const { appended, entry } = history.append(candidate, now);
      if (entry !== undefined) this.#tell(room, (listener) => listener.onEntry(entry));
      return appended;
    });
    this.#bytes += history.bytes - before;
    this.#makeRoom(history);
    return results;
  }

  read(room: string, range: ReadRange): RoomPage {
    const history = this.#use(room);
    const before = history.bytes;
    const page = history.page(range, Date.now());
    this.#bytes += history.bytes - before;
    return page;
  }

  announce(room: string, data: Uint8Array): void {
    const copy = new Uint8Array(data);
    this.#tell(room, (listener) => listener.onAnnouncement(copy));
  }

  /** @returns a function that ends it */
  listen(room: string, listener: RoomListener): () => void {
    const listeners = this.#listeners.get(room) ?? new Set();
    this.#listeners.set(room, listeners.add(listener));
    return () => {
      if (listeners.delete(listener) && listeners.size === 0) this.#listeners.delete(room);
    };
  }

  enter(room: string, node: string, person: string, data: Uint8Array): void {
    const nodes = this.#presence.get(room) ?? new Map<string, Map<string, Uint8Array>>();
    const persons = nodes.get(node) ?? new Map<string, Uint8Array>();
    persons.set(person, new Uint8Array(data));
    this.#presence.set(room, nodes.set(node, persons));
  }

  exit(room: string, node: string, person: string): void {
    const persons = this.#presence.get(room)?.get(node);
    if (persons?.delete(person) && persons.size === 0) this.#forgetNode(room, node);
  }

  present(room: string): PresenceRecord[] {
    const records: PresenceRecord[] = [];
    for (const [node, persons] of this.#presence.get(room) ?? []) {
      for (const [person, data] of persons) records.push({ node, person, data });
    }
    return records;
  }

  /** A node has ended: nobody is present there any more. */
  leave(node: string): void {
    for (const room of this.#presence.keys()) this.#forgetNode(room, node);
  }

  #forgetNode(room: string, node: string): void {
    const nodes = this.#presence.get(room);
    if (nodes?.delete(node) && nodes.size === 0) this.#presence.delete(room);
  }

  /** The history of a room, which is now the one used last. */
  #use(room: string): RoomHistory {
    const { retentionOf, dedupeMs } = this.#options;
    const history = this.#histories.get(room) ?? new RoomHistory(retentionOf(room), dedupeMs);
    this.#histories.delete(room);
    this.#histories.set(room, history);
    if (this.#histories.size > this.#limits.maxRooms) this.#forgetOldestRoom();
    return history;
  }

  /** Where it is used again it has another epoch: whoever was in it sees the gap. */
  #forgetOldestRoom(): void {
    for (const [room, history] of this.#histories) {
      this.#histories.delete(room);
      this.#bytes -= history.bytes;
      return;
    }
  }

  #makeRoom(current: RoomHistory): void {
    while (this.#bytes > this.#limits.maxTotalBytes) {
      if (this.#histories.size > 1) this.#forgetOldestRoom();
      else this.#bytes -= current.removeOldest();
    }
  }

  #tell(room: string, what: (listener: RoomListener) => void): void {
    const listeners = this.#listeners.get(room);
    if (listeners === undefined) return;
    if (this.#told === undefined) {
      this.#told = [];
      queueMicrotask(() => this.#tellAll());
    }
    // Those who listen now; whoever has stopped meanwhile hears nothing.
    const hearers = [...listeners];
    this.#told.push(() => {
      for (const listener of hearers) if (listeners.has(listener)) guard(() => what(listener));
    });
  }

  #tellAll(): void {
    // What is added meanwhile is told in the same turn, behind the rest.
    for (const tell of this.#told ?? []) tell();
    this.#told = undefined;
  }
}

function guard(tell: () => void): void {
  try {
    tell();
  } catch (error) {
    reportUncaught(error);
  }
}
