// Which history of a room came before which: positions of different epochs cannot be compared, but whoever was told of a gap from
// one to the other has seen them in this order.
import type { Position } from "@ws/rooms";
import type { Book } from "./book.ts";

export class EpochOrder {
  readonly #places = new Map<string, number>();

  constructor({ acknowledged, ledgers }: Book) {
    // Whoever was there all the time has seen most of them; what is left comes in the order in which it was acknowledged in.
    const seen = ledgers
      .map(({ start, happenings }) => [
        ...(start === undefined ? [] : [start.epoch]),
        ...happenings.map(({ position }) => position.epoch),
      ])
      .map((epochs) => [...new Set(epochs)])
      .toSorted((a, b) => b.length - a.length);
    for (const epochs of [seen[0] ?? [], acknowledged.map(({ position }) => position.epoch), ...seen]) {
      for (const epoch of epochs) if (!this.#places.has(epoch)) this.#places.set(epoch, this.#places.size);
    }
  }

  /** Whether it comes later than the other, and is not the same. */
  isBehind(position: Position, other: Position): boolean {
    if (position.epoch === other.epoch) return position.seq > other.seq;
    return this.#places.get(position.epoch)! > this.#places.get(other.epoch)!;
  }
}
