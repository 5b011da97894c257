// Keeps what the engine knows of who is present and what this node knows the same: compares them regularly, and tells the engine
// anew when it is up again. Owns the timer.
import type { RoomLog } from "../room-log.ts";
import type { RoomTable } from "./room-table.ts";

export class PresenceSync {
  readonly #log: RoomLog;
  readonly #table: RoomTable;
  readonly #intervalMs: number;
  #timer: ReturnType<typeof setInterval> | undefined;
  #isComparing = false;
  #isStopped = false;

  constructor(log: RoomLog, table: RoomTable, intervalMs: number) {
    this.#log = log;
    this.#table = table;
    this.#intervalMs = intervalMs;
    this.#compareRegularly();
  }

  /** The engine is told anew who is here; only then, and when the other nodes had time for it too, it is compared with again. */
  async tellAll(): Promise<void> {
    clearInterval(this.#timer);
    await Promise.all([...this.#table].map((room) => room.local.tellAll()));
    this.#table.sweep();
    this.#compareRegularly();
  }

  stop(): void {
    this.#isStopped = true;
    clearInterval(this.#timer);
  }

  #compareRegularly(): void {
    clearInterval(this.#timer);
    if (this.#isStopped) return;
    this.#timer = setInterval(() => void this.#compare(), this.#intervalMs);
    this.#timer.unref();
  }

  async #compare(): Promise<void> {
    if (this.#isComparing || this.#log.status === "down") return;
    this.#isComparing = true;
    for (const room of this.#table) {
      await room.local.tellOwed();
      // The next one will do, and `onStatus` has told what is wrong.
      if (room.isWatched) await room.syncPeople().catch(() => {});
    }
    this.#table.sweep();
    this.#isComparing = false;
  }
}
