// What one room was told, in memory: numbers entries, removes the oldest, knows which ids it has seen.
import { randomName } from "../engine/random-name.ts";
import type { Appended, NewEntry, ReadRange, Retention, RoomEntry, RoomPage } from "../room-log.ts";
import { DedupeWindow } from "./dedupe-window.ts";

export class RoomHistory {
  readonly epoch: string = randomName();
  readonly #retention: Required<Retention>;
  readonly #seen: DedupeWindow;

  /** What is kept lies from the head on, without a hole: taking from the front of a long array would move all the rest. */
  #entries: (RoomEntry | undefined)[] = [];
  #head = 0;
  #last = 0;
  #bytes = 0;

  constructor(retention: Required<Retention>, dedupeMs: number) {
    this.#retention = retention;
    this.#seen = new DedupeWindow(dedupeMs);
  }

  /** Of `data` in all that is kept, and of ids that are known. */
  get bytes(): number {
    return this.#bytes + this.#seen.bytes;
  }

  #length(): number {
    return this.#entries.length - this.#head;
  }

  /** @returns what became of it; and the entry, where it is a new one */
  append({ id, data }: NewEntry, now: number): { appended: Appended; entry: RoomEntry | undefined } {
    const { epoch } = this;
    const known = this.#seen.find(id, now);
    if (known !== undefined) {
      return { appended: { epoch, seq: known, isDuplicate: true }, entry: undefined };
    }
    const seq = ++this.#last;
    // A copy: the caller's bytes may be a small view of a large buffer, and may change.
    const entry: RoomEntry = { epoch, seq, id, data: new Uint8Array(data), time: now };
    this.#seen.add(id, seq, now);
    this.#entries.push(entry);
    this.#bytes += data.length;
    this.#expire(now);
    return { appended: { epoch, seq, isDuplicate: false }, entry };
  }

  page(range: ReadRange, now: number): RoomPage {
    this.#expire(now);
    this.#seen.forget(now);
    const first = this.#last - this.#length() + 1;
    const { limit } = range;
    let from: number;
    let to: number;
    if ("after" in range) {
      from = Math.max(range.after + 1, first);
      to = Math.min(from + limit, this.#last + 1);
    } else {
      to = Math.min(range.before ?? Infinity, this.#last + 1);
      from = Math.max(to - limit, first);
    }
    const start = this.#head - first;
    const entries = from < to ? (this.#entries.slice(start + from, start + to) as RoomEntry[]) : [];
    return { epoch: this.epoch, first, last: this.#last, entries };
  }

  /** Makes room: whoever misses an entry sees the gap, so entries go before ids. */
  shrink(): void {
    if (this.#length() > 0) this.#removeOldest();
    else this.#seen.forgetOldest();
  }

  #removeOldest(): void {
    const entry = this.#entries[this.#head];
    if (entry === undefined) return;
    this.#entries[this.#head++] = undefined;
    this.#bytes -= entry.data.length;
    if (this.#head * 2 > this.#entries.length) {
      this.#entries = this.#entries.slice(this.#head);
      this.#head = 0;
    }
  }

  #expire(now: number): void {
    const { maxEntries, maxBytes, maxAgeMs } = this.#retention;
    for (let oldest = this.#entries[this.#head]; oldest; oldest = this.#entries[this.#head]) {
      const isTooMuch = this.#length() > maxEntries || this.#bytes > maxBytes;
      if (!isTooMuch && now - oldest.time <= maxAgeMs) return;
      this.#removeOldest();
    }
  }
}
