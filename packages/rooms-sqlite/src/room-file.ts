// One file, and what the nodes on it share. All appends of one turn of the event loop are one transaction: the disk is waited
// for once, whoever asked. Whoever listens is told behind it, so that nobody hears what is not safe.
import { EngineError, type Appended, type NewEntry, type ReadRange, type RoomPage } from "@ws/rooms";
import { LocalHub, type LocalStore, type ResolvedRoomLogOptions } from "@ws/rooms/engine";
import { FileLock } from "./file-lock.ts";
import { RoomTable } from "./room-table.ts";
import { openFile } from "./schema.ts";
import type { SqlDatabase } from "./sql-database.ts";

/** An append that waits for its transaction. */
interface Waiting {
  readonly room: string;
  readonly entries: readonly NewEntry[];
  readonly resolve: (appended: Appended[]) => void;
  readonly reject: (error: Error) => void;
}

export class RoomFile implements LocalStore {
  readonly hub: LocalHub = new LocalHub();
  readonly #lock: FileLock;
  readonly #database: SqlDatabase;
  readonly #table: RoomTable;
  readonly #faultListeners = new Set<(error: Error) => void>();
  /** Nodes that have it open: the last one closes it. */
  #nodes = 0;
  #waiting: Waiting[] = [];
  #flush: NodeJS.Immediate | undefined;

  constructor(path: string, synchronous: "full" | "normal", options: ResolvedRoomLogOptions) {
    this.#lock = new FileLock(path);
    try {
      this.#database = openFile(path, synchronous);
    } catch (error) {
      this.#lock.release();
      throw error;
    }
    this.#table = new RoomTable(this.#database, options, (error) => {
      for (const listener of this.#faultListeners) listener(error);
    });
  }

  open(onFault: (error: Error) => void): void {
    this.#nodes++;
    this.#faultListeners.add(onFault);
  }

  append(room: string, entries: readonly NewEntry[]): Promise<Appended[]> {
    // Copies: the caller's bytes may change before the transaction, and what is told is kept by whoever hears it.
    const copies = entries.map(({ id, data }) => ({ id, data: new Uint8Array(data) }));
    this.#flush ??= setImmediate(() => this.#appendAll());
    return new Promise((resolve, reject) => this.#waiting.push({ room, entries: copies, resolve, reject }));
  }

  read(room: string, range: ReadRange): RoomPage {
    const now = Date.now();
    const read = (): RoomPage => this.#table.page(room, range, now);
    try {
      return this.#table.mustWrite(room, now) ? this.#transaction(read) : read();
    } catch (error) {
      throw failure("read", error);
    }
  }

  /** A node is done with it. */
  release(onFault: (error: Error) => void): void {
    // What waits may be of this node, which is still to hear of it.
    this.#appendAll();
    this.#faultListeners.delete(onFault);
    if (--this.#nodes > 0) return;
    try {
      // All is in one file then, whatever becomes of those beside it.
      this.#database.prepare("pragma wal_checkpoint(truncate)").all();
      this.#database.close();
    } finally {
      this.#lock.release();
    }
  }

  #appendAll(): void {
    clearImmediate(this.#flush);
    this.#flush = undefined;
    const waiting = this.#waiting;
    if (waiting.length === 0) return;
    this.#waiting = [];
    try {
      const now = Date.now();
      const results = this.#transaction(() => {
        this.#table.forgetIds(now);
        return waiting.map(({ room, entries }) => this.#table.append(room, entries, now));
      });
      for (const [i, [appended, fresh]] of results.entries()) {
        const { room, resolve } = waiting[i]!;
        for (const entry of fresh) this.hub.tell(room, (listener) => listener.onEntry(entry));
        resolve(appended);
      }
    } catch (error) {
      for (const { reject } of waiting) reject(failure("append", error));
    }
  }

  #transaction<Result>(work: () => Result): Result {
    this.#database.execute("begin immediate");
    try {
      const result = work();
      this.#database.execute("commit");
      return result;
    } catch (error) {
      try {
        this.#database.execute("rollback");
      } catch {
        // Some errors, such as a full disk, have rolled it back already.
      }
      throw error;
    }
  }
}

function failure(action: string, cause: unknown): EngineError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new EngineError("ENGINE_FAULT", `Cannot ${action}: ${reason}`, { cause });
}
