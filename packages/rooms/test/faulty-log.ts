// An engine that a test can take down, and whose notifications it can lose, repeat and hold back; the log itself stays true.
import {
  type Appended,
  EngineError,
  type EngineListener,
  type EngineStatus,
  MemoryLog,
  type NewEntry,
  type PresenceRecord,
  type ReadRange,
  type RoomEntry,
  type RoomListener,
  type RoomListening,
  type RoomLog,
  type RoomPage,
} from "@ws/rooms";

/** What becomes of a notification. */
export type Fate = "pass" | "lose" | "repeat" | "hold";

export class FaultyLog implements RoomLog {
  readonly isDurable = true;
  status: EngineStatus = "up";
  /** Decides about each notification. */
  fate: (entry: RoomEntry) => Fate = () => "pass";
  /** An append that is lost on the way back: it has taken effect, and rejects. */
  losesAnswers = false;
  /** What reads wait for. */
  beforeRead: Promise<void> | undefined;
  readonly #log: MemoryLog;
  readonly #listeners = new Set<EngineListener>();
  readonly #held: (() => void)[] = [];

  constructor(log: MemoryLog = new MemoryLog()) {
    this.#log = log;
  }

  get node(): string {
    return this.#log.node;
  }

  goDown(): void {
    this.status = "down";
    for (const listener of this.#listeners) listener.onStatus?.("down", new Error("gone"));
  }

  comeUp(): void {
    this.status = "up";
    for (const listener of this.#listeners) listener.onStatus?.("up");
  }

  /** Lets go what was held back, the newest first. */
  releaseReversed(): void {
    for (const pass of this.#held.splice(0).toReversed()) pass();
  }

  watch(listener: EngineListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async append(room: string, entries: readonly NewEntry[]): Promise<readonly Appended[]> {
    this.#check();
    const appended = await this.#log.append(room, entries);
    if (this.losesAnswers) this.#fail();
    return appended;
  }

  async read(room: string, range: ReadRange): Promise<RoomPage> {
    this.#check();
    await this.beforeRead;
    this.#check();
    return this.#log.read(room, range);
  }

  async listen(room: string, listener: RoomListener): Promise<RoomListening> {
    this.#check();
    return this.#log.listen(room, {
      onEntry: (entry) => this.#pass(entry, listener),
      onAnnouncement: (data) => {
        if (this.status === "up") listener.onAnnouncement(data);
      },
    });
  }

  async announce(room: string, data: Uint8Array): Promise<void> {
    this.#check();
    return this.#log.announce(room, data);
  }

  async enter(room: string, person: string, data: Uint8Array): Promise<void> {
    this.#check();
    return this.#log.enter(room, person, data);
  }

  async exit(room: string, person: string): Promise<void> {
    this.#check();
    return this.#log.exit(room, person);
  }

  async present(room: string): Promise<readonly PresenceRecord[]> {
    this.#check();
    return this.#log.present(room);
  }

  async close(): Promise<void> {
    return this.#log.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #pass(entry: RoomEntry, listener: RoomListener): void {
    if (this.status === "down") return;
    const fate = this.fate(entry);
    if (fate === "lose") return;
    if (fate === "hold") return void this.#held.push(() => listener.onEntry(entry));
    listener.onEntry(entry);
    if (fate === "repeat") listener.onEntry(entry);
  }

  #check(): void {
    if (this.status === "down") this.#fail();
  }

  #fail(): never {
    throw new EngineError("ENGINE_DOWN", "Cannot reach the engine");
  }
}
