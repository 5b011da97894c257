// An engine of rooms whose history is a file: for one process that must not forget. One node on that file.
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
} from "@ws/rooms";
import {
  checkEntries,
  checkRange,
  checkRoom,
  EngineListeners,
  randomName,
  resolveRoomLogOptions,
} from "@ws/rooms/engine";
import { RoomFile } from "./room-file.ts";

/** Options of a {@link SqliteLog}. */
export interface SqliteLogOptions extends RoomLogOptions {
  /** Where the file is, or is to be made, with others beside it whose names begin with its name. On a local disk. */
  readonly path: string;
  /**
   * What an acknowledged append survives. `"full"`: the loss of power too; the disk is waited for once a turn of the event loop in
   * which something is appended. `"normal"`: the end of the process in whatever way; a loss of power may take the newest
   * entries, and no epoch tells of it. Default: `"full"`.
   */
  readonly synchronous?: "full" | "normal";
  /** Another node on the file of that one, whose options count. For tests mostly. Default: a file of its own. */
  readonly sharedWith?: SqliteLog;
}

/**
 * An engine of one process with its history on disk. What it acknowledged is there after `kill -9`, with its numbers, its epoch and
 * the ids that were seen. Who is present, and what is announced, is in memory, as those whom it concerns are.
 *
 * @example
 * ```ts
 * const log = new SqliteLog({ path: "rooms.db" });
 * await log.append("lobby", [{ id: "ann:1", data: new Uint8Array([1, 2, 3]) }]);
 * await log.close();
 * ```
 */
export class SqliteLog implements RoomLog {
  readonly node: string = randomName();
  readonly isDurable = true;
  readonly #file: RoomFile;
  readonly #engineListeners = new EngineListeners("up");
  readonly #onFault = (error: Error): void => this.#engineListeners.fault(error);
  /** Ends what this node listens to. */
  readonly #listenings = new Set<() => void>();
  #isClosed = false;

  /** @throws Error where the file cannot be opened, or another engine has it open */
  constructor(options: SqliteLogOptions) {
    const { sharedWith } = options;
    this.#file = sharedWith === undefined ? createFile(options) : sharedWith.#file;
    this.#file.open(this.#onFault);
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
    return this.#file.append(room, entries);
  }

  async read(room: string, range: ReadRange): Promise<RoomPage> {
    this.#check("read", room);
    checkRange(range);
    return this.#file.read(room, range);
  }

  async listen(room: string, listener: RoomListener): Promise<RoomListening> {
    this.#check("listen", room);
    const end = this.#file.hub.listen(room, listener);
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
    this.#file.hub.tell(room, (listener) => listener.onAnnouncement(copy));
  }

  async enter(room: string, person: string, data: Uint8Array): Promise<void> {
    this.#check("enter", room);
    this.#file.hub.enter(room, this.node, person, data);
  }

  async exit(room: string, person: string): Promise<void> {
    this.#check("exit", room);
    this.#file.hub.exit(room, this.node, person);
  }

  async present(room: string): Promise<readonly PresenceRecord[]> {
    this.#check("tell who is present", room);
    return this.#file.hub.present(room);
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    for (const end of this.#listenings) end();
    this.#listenings.clear();
    this.#file.hub.leave(this.node);
    this.#file.release(this.#onFault);
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

function createFile(options: SqliteLogOptions): RoomFile {
  const { path, synchronous = "full" } = options;
  if (typeof path !== "string" || path === "" || path === ":memory:") {
    throw new TypeError(`Cannot open ${String(path)}: path must name a file`);
  }
  if (synchronous !== "full" && synchronous !== "normal") {
    throw new TypeError(`Cannot set synchronous to ${String(synchronous)}: it is "full" or "normal"`);
  }
  return new RoomFile(path, synchronous, resolveRoomLogOptions(options));
}
