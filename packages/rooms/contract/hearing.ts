// A listener that keeps what it hears, and tells when it has heard enough: tests wait for that, never for a time.
import type { EngineListener, EngineStatus, RoomEntry, RoomListener, RoomLog } from "@ws/rooms";

/** Resolves when a check holds; checks again whenever something happened. */
export class Waiting {
  readonly #waiters = new Set<() => void>();

  happened(): void {
    for (const look of [...this.#waiters]) look();
  }

  until(check: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      const look = (): void => {
        if (!check()) return;
        this.#waiters.delete(look);
        resolve();
      };
      this.#waiters.add(look);
      look();
    });
  }
}

/** What is heard in a room. An engine may tell an entry twice: here each is there once, as it was heard first. */
export class Hearing implements RoomListener {
  readonly entries: RoomEntry[] = [];
  readonly announcements: Uint8Array[] = [];
  readonly #seen = new Set<string>();
  readonly #waiting = new Waiting();

  onEntry(entry: RoomEntry): void {
    const key = `${entry.epoch} ${entry.seq}`;
    if (this.#seen.has(key)) return;
    this.#seen.add(key);
    this.entries.push(entry);
    this.#waiting.happened();
  }

  onAnnouncement(data: Uint8Array): void {
    this.announcements.push(data);
    this.#waiting.happened();
  }

  async heard(count: number): Promise<RoomEntry[]> {
    await this.#waiting.until(() => this.entries.length >= count);
    return this.entries;
  }

  async heardId(id: string): Promise<RoomEntry[]> {
    await this.#waiting.until(() => this.entries.some((entry) => entry.id === id));
    return this.entries;
  }

  async announced(count: number): Promise<Uint8Array[]> {
    await this.#waiting.until(() => this.announcements.length >= count);
    return this.announcements;
  }
}

/** What is heard of an engine. */
export class Watching implements EngineListener {
  readonly statuses: EngineStatus[] = [];
  readonly faults: Error[] = [];
  readonly stop: () => void;
  readonly #log: RoomLog;
  readonly #waiting = new Waiting();

  constructor(log: RoomLog) {
    this.#log = log;
    this.stop = log.watch(this);
  }

  onStatus(status: EngineStatus): void {
    this.statuses.push(status);
    this.#waiting.happened();
  }

  onFault(error: Error): void {
    this.faults.push(error);
    this.#waiting.happened();
  }

  is(status: EngineStatus): Promise<void> {
    return this.#waiting.until(() => this.#log.status === status);
  }

  faulted(count: number): Promise<void> {
    return this.#waiting.until(() => this.faults.length >= count);
  }
}
