// One node of an engine that lives in one process: all that a `RoomLog` has to do but for keeping the history, which is a store's
// that several nodes may share.
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
  type RoomPage,
} from "../room-log.ts";
import { checkEntries, checkRange, checkRoom } from "./arguments.ts";
import { EngineListeners } from "./engine-listeners.ts";
import type { LocalHub } from "./local-hub.ts";
import { randomName } from "./random-name.ts";

/** What nodes of one process share. What it is called with was checked. */
export interface LocalStore {
  /** Who listens, and who is present. */
  readonly hub: LocalHub;
  /** Remembers what it has not seen, and has the hub tell it to those who listen. Where each entry is, in their order. */
  append(room: string, entries: readonly NewEntry[]): readonly Appended[] | Promise<readonly Appended[]>;
  /** A stretch of what a room remembers. */
  read(room: string, range: ReadRange): RoomPage;
  /** Another node has it open. */
  open?(onFault: (error: Error) => void): void;
  /** A node is done with it. */
  release?(onFault: (error: Error) => void): void;
}

/** A node on a store. Never down, and durable as far as the store is. */
export class LocalLog implements RoomLog {
  readonly node: string = randomName();
  readonly isDurable = true;
  readonly #store: LocalStore;
  readonly #engineListeners = new EngineListeners("up");
  readonly #onFault = (error: Error): void => this.#engineListeners.fault(error);
  /** Ends what this node listens to. */
  readonly #listenings = new Set<() => void>();
  #isClosed = false;

  /** @param store which it opens, and releases when it is closed; others may have it open too */
  constructor(store: LocalStore) {
    this.#store = store;
    store.open?.(this.#onFault);
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
    this.#store.release?.(this.#onFault);
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
