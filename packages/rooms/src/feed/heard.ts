// What was heard of a room while its history is read: kept within bounds, until it is known whether it follows on.
import type { RoomEntry } from "../room-log.ts";

/** Beyond these the entries are read once more instead, so they only decide how often that is. */
const MAX_ENTRIES = 1000;
const MAX_BYTES = 1024 * 1024;

export class Heard {
  #entries: RoomEntry[] = [];
  #bytes = 0;

  get entries(): readonly RoomEntry[] {
    return this.#entries;
  }

  get length(): number {
    return this.#entries.length;
  }

  /** @returns false where it was too much: then nothing is kept, and the log has to be read */
  add(entry: RoomEntry): boolean {
    this.#entries.push(entry);
    this.#bytes += entry.data.length;
    if (this.#entries.length <= MAX_ENTRIES && this.#bytes <= MAX_BYTES) return true;
    this.takeAll();
    return false;
  }

  remove(test: (entry: RoomEntry) => boolean): void {
    for (const entry of this.takeAll()) if (!test(entry)) this.add(entry);
  }

  takeAll(): RoomEntry[] {
    const entries = this.#entries;
    this.#entries = [];
    this.#bytes = 0;
    return entries;
  }
}
