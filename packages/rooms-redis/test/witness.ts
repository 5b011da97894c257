// What an engine tells, kept for tests to look at and to wait for.
import type { EngineListener, EngineStatus, RoomEntry, RoomListener, RoomLog } from "@ws/rooms";

/** Waits until something holds; looks again whenever the witness has heard something. */
class Waiting {
  readonly #waiting = new Set<() => void>();

  protected heard(): void {
    for (const look of this.#waiting) look();
  }

  until(holds: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      const look = (): void => {
        if (!holds()) return;
        this.#waiting.delete(look);
        resolve();
      };
      this.#waiting.add(look);
      look();
    });
  }
}

/** Hears of an engine. */
export class EngineWitness extends Waiting implements EngineListener {
  readonly statuses: EngineStatus[] = [];
  readonly errors: (Error | undefined)[] = [];
  readonly faults: string[] = [];
  readonly #log: RoomLog;

  constructor(log: RoomLog) {
    super();
    this.#log = log;
    log.watch(this);
  }

  onStatus(status: EngineStatus, error?: Error): void {
    this.statuses.push(status);
    this.errors.push(error);
    this.heard();
  }

  onFault(error: Error): void {
    this.faults.push(error.message);
    this.heard();
  }

  is(status: EngineStatus): Promise<void> {
    return this.until(() => this.#log.status === status);
  }
}

/** Hears of a room. */
export class RoomWitness extends Waiting implements RoomListener {
  readonly entries: RoomEntry[] = [];
  readonly announcements: Uint8Array[] = [];

  onEntry(heard: RoomEntry): void {
    this.entries.push(heard);
    this.heard();
  }

  onAnnouncement(data: Uint8Array): void {
    this.announcements.push(data);
    this.heard();
  }

  get ids(): readonly string[] {
    return this.entries.map(({ id }) => id);
  }
}

export function entry(id: string, data: Uint8Array = Buffer.from(id)): { id: string; data: Uint8Array } {
  return { id, data };
}
