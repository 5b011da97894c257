// What the nodes of one memory share: the histories of rooms, as many of them as there is room for.
import { LocalHub } from "../engine/local-hub.ts";
import type { LocalStore } from "../engine/local-log.ts";
import type { ResolvedRoomLogOptions } from "../engine/resolve-options.ts";
import type { Appended, NewEntry, ReadRange, RoomPage } from "../room-log.ts";
import { RoomHistory } from "./room-history.ts";

/** How much of all rooms together is kept. */
export interface StoreLimits {
  readonly maxRooms: number;
  readonly maxTotalBytes: number;
}

export class MemoryStore implements LocalStore {
  readonly hub: LocalHub = new LocalHub();
  readonly #options: ResolvedRoomLogOptions;
  readonly #limits: StoreLimits;

  /** The one that was not used for the longest time is the first. */
  readonly #histories = new Map<string, RoomHistory>();
  #bytes = 0;

  constructor(options: ResolvedRoomLogOptions, limits: StoreLimits) {
    this.#options = options;
    this.#limits = limits;
  }

  append(room: string, entries: readonly NewEntry[]): Appended[] {
    const history = this.#use(room);
    const now = Date.now();
    const results = entries.map((candidate) => {
      // Counted before it is told: whoever hears it may append, too.
      const before = history.bytes;
      const { appended, entry } = history.append(candidate, now);
      this.#bytes += history.bytes - before;
      if (entry !== undefined) this.hub.tell(room, (listener) => listener.onEntry(entry));
      return appended;
    });
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
      else {
        const before = current.bytes;
        current.shrink();
        this.#bytes += current.bytes - before;
      }
    }
  }
}
