// The engine of one process: rooms live as long as it does. The default, and the measure of what the others do.
import { checkEntries, checkRange, checkRoom } from "./engine/arguments.ts";
import { EngineListeners } from "./engine/engine-listeners.ts";
import { randomName } from "./engine/random-name.ts";
import { resolveRoomLogOptions } from "./engine/resolve-options.ts";
import { MemoryStore } from "./memory/memory-store.ts";
import { numberOption } from "./number-option.ts";
import {
  type Appended,
  EngineError,
  type EngineListener,
  type EngineStatus,
  type NewEntry,
  type PresenceRecord,
  type ReadRange,
  type RoomListener,
  type RoomListening,
  type RoomLog,
  type RoomLogOptions,
  type RoomPage,
} from "./room-log.ts";

/** Options of a {@link MemoryLog}. */
export interface MemoryLogOptions extends RoomLogOptions {
  /**
   * How many rooms are remembered. Beyond it the one that was not used for the longest time is forgotten: whoever comes back to
   * it is told of a gap. Default: 100,000.
   */
  readonly maxRooms?: number;
  /**
   * Of `data`, and of ids that are remembered for `dedupeMs`, of about 100 bytes each, in all rooms together; beyond it rooms are
   * forgotten in the same way. Where there is one room left its oldest entries go, and then its oldest ids. Default: 256 MiB.
   */
  readonly maxTotalBytes?: number;
  /**
   * Another node on the memory of that one, whose options count: as another process would be on an engine that several share.
   * For tests mostly. Default: a memory of its own.
   */
  readonly sharedWith?: MemoryLog;
}

/**
 * An engine in the memory of this process. What it acknowledged is there, in order and once, as long as the process runs and
 * retention keeps it; nothing is left when the process ends, and the next one has other epochs. It is never down.
 *
 * @example
 * ```ts
 * const log = new MemoryLog({ retention: { maxEntries: 100 } });
 * await log.append("lobby", [{ id: "ann:1", data: new Uint8Array([1, 2, 3]) }]);
 * const { entries } = await log.read("lobby", { after: 0, limit: 10 });
 * ```
 */
export class MemoryLog implements RoomLog {
  readonly node: string = randomName();
  readonly isDurable = true;
  readonly #store: MemoryStore;
  readonly #engineListeners = new EngineListeners("up");
  /** Ends what this node listens to. */
  readonly #listenings = new Set<() => void>();
  #isClosed = false;

  constructor(options: MemoryLogOptions = {}) {
    const { sharedWith } = options;
    this.#store = sharedWith === undefined ? createStore(options) : sharedWith.#store;
  }

  get status(): EngineStatus {
    return this.#engineListeners.status;
  }

  watch(listener: EngineListener): () => void {
    return this.#engineListeners.add(listener);
  }

  async append(room: string, entries: readonly NewEntry[]): Promise<readonly Appended[]> {
    this.#check("append", room);
    checkEntries(entries);
    return this.#store.append(room, entries);
  }

  async read(room: string, range: ReadRange): Promise<RoomPage> {
    this.#check("read", room);
    checkRange(range);
    return this.#store.read(room, range);
  }

  async listen(room: string, listener: RoomListener): Promise<RoomListening> {
    this.#check("listen", room);
    const end = this.#store.hub.listen(room, listener);
    this.#listenings.add(end);
    return {
      close: async () => {
        this.#listenings.delete(end);
        end();
      },
    };
  }

  async announce(room: string, data: Uint8Array): Promise<void> {
    this.#check("announce", room);
    const copy = new Uint8Array(data);
    this.#store.hub.tell(room, (listener) => listener.onAnnouncement(copy));
  }

  async enter(room: string, person: string, data: Uint8Array): Promise<void> {
    this.#check("enter", room);
    this.#store.hub.enter(room, this.node, person, data);
  }

  async exit(room: string, person: string): Promise<void> {
    this.#check("exit", room);
    this.#store.hub.exit(room, this.node, person);
  }

  async present(room: string): Promise<readonly PresenceRecord[]> {
    this.#check("tell who is present", room);
    return this.#store.hub.present(room);
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    for (const end of this.#listenings) end();
    this.#listenings.clear();
    this.#store.hub.leave(this.node);
    this.#engineListeners.clear();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #check(action: string, room: string): void {
    if (this.#isClosed) throw new EngineError("ENGINE_CLOSED", `Cannot ${action}: the engine is closed`);
    checkRoom(room);
  }
}

function createStore(options: MemoryLogOptions): MemoryStore {
  return new MemoryStore(resolveRoomLogOptions(options), {
    maxRooms: numberOption(options, "maxRooms", 100_000, undefined, 1),
    maxTotalBytes: numberOption(options, "maxTotalBytes", 256 * 1024 * 1024),
  });
}
