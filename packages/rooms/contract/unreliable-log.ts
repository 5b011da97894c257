// An engine as bad as one may be: it loses, repeats and holds back what it tells, is out of reach when a test says so, and lets
// reads fail. What it keeps is right: that of the log that it stands before. For tests of what stands on engines.
import {
  type Appended,
  EngineError,
  type EngineListener,
  type EngineStatus,
  type NewEntry,
  type PresenceRecord,
  type ReadRange,
  type RoomEntry,
  type RoomListener,
  type RoomListening,
  type RoomLog,
  type RoomPage,
} from "@ws/rooms";
import { EngineListeners } from "@ws/rooms/engine";

/** What becomes of something that is to be told: `"late"` is behind the next one, or with `tellLate`. */
export type Fate = "told" | "lost" | "twice" | "late";

export class UnreliableLog implements RoomLog {
  /** What becomes of the next entry. */
  fate: (entry: RoomEntry) => Fate = () => "told";
  /** Asked before each read: whether it fails, though the engine is up. */
  failsToRead: () => boolean = () => false;
  readonly isDurable: boolean;
  /** How many rooms are listened to. */
  listenings = 0;
  reads = 0;

  readonly #log: RoomLog;
  readonly #listeners = new EngineListeners("up");
  #late: (() => void)[] = [];
  /** Who has entered through this node: gone when the link breaks. */
  readonly #entered = new Map<string, readonly [room: string, person: string]>();

  constructor(log: RoomLog, { isDurable = log.isDurable }: { readonly isDurable?: boolean } = {}) {
    this.#log = log;
    this.isDurable = isDurable;
  }

  get node(): string {
    return this.#log.node;
  }

  get status(): EngineStatus {
    return this.#listeners.status;
  }

  async breakLink(): Promise<void> {
    this.#late = [];
    const entered = [...this.#entered.values()];
    this.#entered.clear();
    for (const [room, person] of entered) await this.#log.exit(room, person);
    this.#listeners.setStatus(
      "down",
      new EngineError("ENGINE_DOWN", "Cannot reach the engine: the link is broken"),
    );
  }

  healLink(): void {
    this.#listeners.setStatus("up");
  }

  tellLate(): void {
    for (const tell of this.#late.splice(0)) tell();
  }

  fault(error: Error): void {
    this.#listeners.fault(error);
  }

  watch(listener: EngineListener): () => void {
    return this.#listeners.add(listener);
  }

  append(room: string, entries: readonly NewEntry[]): Promise<readonly Appended[]> {
    return this.#ask(() => this.#log.append(room, entries));
  }

  read(room: string, range: ReadRange): Promise<RoomPage> {
    this.reads++;
    if (this.status === "up" && this.failsToRead()) {
      return Promise.reject(new EngineError("ENGINE_DOWN", "Cannot read: the test says so"));
    }
    return this.#ask(() => this.#log.read(room, range));
  }

  async listen(room: string, listener: RoomListener): Promise<RoomListening> {
    const listening = await this.#ask(() =>
      this.#log.listen(room, {
        onEntry: (entry) => this.#tell(() => listener.onEntry(entry), this.fate(entry)),
        onAnnouncement: (data) => this.#tell(() => listener.onAnnouncement(data), "told"),
      }),
    );
    this.listenings++;
    let isClosed = false;
    return {
      close: async () => {
        if (isClosed) return;
        isClosed = true;
        this.listenings--;
        await listening.close();
      },
    };
  }

  announce(room: string, data: Uint8Array): Promise<void> {
    return this.#ask(() => this.#log.announce(room, data));
  }

  async enter(room: string, person: string, data: Uint8Array): Promise<void> {
    await this.#ask(() => this.#log.enter(room, person, data));
    this.#entered.set(JSON.stringify([room, person]), [room, person]);
  }

  exit(room: string, person: string): Promise<void> {
    this.#entered.delete(JSON.stringify([room, person]));
    return this.#ask(() => this.#log.exit(room, person));
  }

  present(room: string): Promise<readonly PresenceRecord[]> {
    return this.#ask(() => this.#log.present(room));
  }

  async close(): Promise<void> {
    await this.#log.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #ask<Result>(question: () => Promise<Result>): Promise<Result> {
    try {
      const answer = await question();
      if (this.status === "up") return answer;
    } catch (error) {
      if (!(error instanceof EngineError) || this.status === "up") throw error;
      if (error.code === "ENGINE_CLOSED") throw error;
    }
    throw new EngineError("ENGINE_DOWN", "Cannot reach the engine: the link is broken");
  }

  #tell(tell: () => void, fate: Fate): void {
    if (this.status === "down" || fate === "lost") return;
    if (fate === "late") {
      this.#late.push(tell);
      return;
    }
    tell();
    if (fate === "twice") tell();
    this.tellLate();
  }
}
