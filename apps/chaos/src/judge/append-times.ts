// Since when each message of a room was there, by its number. What somebody heard says it itself. What was acknowledged and fell
// out of the room's memory before anybody heard it, as happens when many send again what an engine that was down has not
// answered, says nothing: it was there at the earliest when it was sent, and after all with a smaller number.
import type { Book } from "./book.ts";

export class AppendTimes {
  readonly #epochs = new Map<string, ReadonlyMap<number, number>>();

  constructor({ acknowledged, ledgers }: Book) {
    const heard = ledgers
      .flatMap(({ happenings }) => happenings)
      .filter((happening) => happening.type === "message");
    const known = [
      ...acknowledged.map(({ position, sentMs }) => ({ position, timeMs: sentMs })),
      ...heard,
    ].toSorted((a, b) => a.position.seq - b.position.seq || a.timeMs - b.timeMs);
    for (const epoch of new Set(known.map(({ position }) => position.epoch))) {
      const times = new Map<number, number>();
      let latest = 0;
      for (const { position, timeMs } of known) {
        if (position.epoch !== epoch) continue;
        latest = Math.max(latest, timeMs);
        times.set(position.seq, latest);
      }
      this.#epochs.set(epoch, times);
    }
  }

  /** From a message's number to the earliest moment, in ms since 1970, at which it can have been there. */
  of(epoch: string): ReadonlyMap<number, number> {
    return this.#epochs.get(epoch) ?? new Map<number, number>();
  }
}
