// The list of public rooms with how many people are in each, over all nodes. Which rooms there are is an entry each in the room
// `directory`; how many are there is asked of the engine, a bounded number of rooms at a time, whoever wants to know it.
import type { RoomLog } from "@ws/rooms";
import { readStoredEntry } from "@ws/rooms/wire";
import { LIMITS } from "../shared/limits.ts";
import { type ChatRoomName, readRoom } from "../shared/names.ts";
import type { RoomSummary } from "../shared/protocol.ts";

/** Changes are told together, a moment later: a crowd that comes in makes one signal and not hundreds. */
const COLLECT_MS = 100;
/** How long a list is good enough for the next who asks. */
const FRESH_MS = 2000;
/** How often all rooms are counted anew: a node that died tells nobody who was on it. */
const RECOUNT_MS = 10_000;
const MAX_COUNTED_AT_ONCE = 16;
/** Rooms that are opened again at a time: those that many new ones have pushed out, though people are there. */
const MAX_REOPENED = 5;

export interface RoomListHost {
  readonly log: RoomLog;
  /** Rooms that have connections of this node. */
  readonly localRooms: () => Iterable<string>;
  /** Whether somebody here wants to know what changes. */
  readonly isWatched: () => boolean;
  /** Tells everybody of a room that there was not. */
  readonly tellOpened: (room: ChatRoomName) => Promise<unknown>;
  /** Tells everybody who is listed on all nodes what has changed. */
  readonly tellChanged: (changed: readonly RoomSummary[]) => Promise<unknown>;
}

export class RoomList {
  readonly #host: RoomListHost;
  /** Rooms that were opened, as far as the engine was read, and how many were in each when it was last asked. */
  readonly #opened = new Set<string>();
  readonly #counts = new Map<string, number>();
  #readUpTo: { epoch: string; seq: number } | undefined;
  readonly #touched = new Set<string>();
  #collecting: NodeJS.Timeout | undefined;
  readonly #recounting: NodeJS.Timeout;
  #counting: Promise<void> | undefined;
  #countedAt = -Infinity;

  constructor(host: RoomListHost) {
    this.#host = host;
    this.#recounting = setInterval(() => void this.#recount(), RECOUNT_MS).unref();
  }

  /** The rooms with most people. */
  async list(): Promise<readonly RoomSummary[]> {
    if (performance.now() - this.#countedAt > FRESH_MS) await this.#count();
    const all = Array.from(this.#counts, ([room, members]) => ({ room, members }));
    return all.toSorted((a, b) => b.members - a.members).slice(0, LIMITS.listedRooms);
  }

  /**
   * Somebody comes into a room, or makes it: it is listed from now on, if it is public. Never rejects.
   *
   * @param mayMake asked where there was no such room; where it says no the room is not listed yet
   */
  async open(room: string, mayMake: () => boolean = () => true): Promise<void> {
    const read = readRoom(room);
    if (read?.kind !== "public" || this.#opened.has(room)) return;
    try {
      await this.#readOpened();
      if (this.#opened.has(room) || !mayMake()) return;
      this.#remember(room);
      await this.#host.tellOpened(read.room);
    } catch {
      // Whoever comes into it next opens it.
      this.#opened.delete(room);
    }
  }

  /** Somebody has come or gone. */
  touch(room: string): void {
    if (readRoom(room)?.kind !== "public") return;
    this.#touched.add(room);
    this.#collecting ??= setTimeout(() => void this.#tellTouched(), COLLECT_MS).unref();
  }

  stop(): void {
    clearTimeout(this.#collecting);
    clearInterval(this.#recounting);
  }

  /** Never rejects: while the engine is down nobody can be told anyway. */
  async #tellTouched(): Promise<void> {
    this.#collecting = undefined;
    const rooms = [...this.#touched];
    this.#touched.clear();
    try {
      await this.#countRooms(rooms);
      await this.#host.tellChanged(rooms.map((room) => ({ room, members: this.#counts.get(room) ?? 0 })));
    } catch {
      // Counted again in time.
    }
  }

  /** Finds what nobody has told; several nodes may find the same, which is harmless. */
  async #recount(): Promise<void> {
    if (!this.#host.isWatched()) return;
    const before = new Map(this.#counts);
    try {
      await this.#count();
      const changed = Array.from(this.#counts, ([room, members]) => ({ room, members })).filter(
        ({ room, members }) => before.has(room) && before.get(room) !== members,
      );
      if (changed.length > 0) await this.#host.tellChanged(changed);
    } catch {
      // The engine is down: the next time.
    }
  }

  /** Once for all who ask at the same time. */
  #count(): Promise<void> {
    this.#counting ??= this.#countAll().finally(() => (this.#counting = undefined));
    return this.#counting;
  }

  async #countAll(): Promise<void> {
    await this.#readOpened();
    const rooms = new Set(this.#opened);
    for (const room of this.#host.localRooms()) {
      if (rooms.size >= 2 * LIMITS.listedRooms) break;
      if (readRoom(room)?.kind === "public") rooms.add(room);
    }
    const pushedOut = [...rooms].filter((room) => !this.#opened.has(room));
    for (const room of pushedOut.slice(0, MAX_REOPENED)) void this.open(room);
    for (const room of this.#counts.keys()) if (!rooms.has(room)) this.#counts.delete(room);
    await this.#countRooms([...rooms]);
    this.#countedAt = performance.now();
  }

  async #countRooms(rooms: readonly string[]): Promise<void> {
    const { log } = this.#host;
    for (let i = 0; i < rooms.length; i += MAX_COUNTED_AT_ONCE) {
      const some = rooms.slice(i, i + MAX_COUNTED_AT_ONCE);
      const present = await Promise.all(some.map((room) => log.present(room)));
      for (const [j, records] of present.entries()) {
        this.#counts.set(some[j]!, new Set(records.map(({ person }) => person)).size);
      }
    }
  }

  /** What other nodes, and those before us, have opened. */
  async #readOpened(): Promise<void> {
    const { log } = this.#host;
    const after = this.#readUpTo;
    const page =
      after === undefined
        ? undefined
        : await log.read("directory", { after: after.seq, limit: LIMITS.listedRooms });
    const { epoch, last, entries } =
      page !== undefined && page.epoch === after?.epoch
        ? page
        : await log.read("directory", { before: undefined, limit: LIMITS.listedRooms });
    for (const { data } of entries) {
      const room = openedRoom(data);
      if (room !== undefined) this.#remember(room);
    }
    this.#readUpTo = {
      epoch,
      seq: entries.at(-1)?.seq ?? Math.max(last, after?.epoch === epoch ? after.seq : 0),
    };
  }

  #remember(room: string): void {
    this.#opened.delete(room);
    this.#opened.add(room);
    for (const oldest of this.#opened) {
      if (this.#opened.size <= LIMITS.listedRooms) break;
      this.#opened.delete(oldest);
    }
  }
}

/** What an engine holds is read like what a peer sends. */
function openedRoom(bytes: Uint8Array): string | undefined {
  const { value } = readStoredEntry(bytes);
  const { room } = (value?.data ?? {}) as { readonly room?: unknown };
  return value?.event === "opened" && typeof room === "string" && readRoom(room)?.kind === "public"
    ? room
    : undefined;
}
