// What every connection needs often and keeps nothing in meanwhile: one of it serves all that do not need it at the same
// time. A connection that waits, as most do at most times, has none.

export class Spare<Item> {
  readonly #make: () => Item;
  #item: Item | undefined;

  constructor(make: () => Item) {
    this.#make = make;
  }

  take(): Item {
    const item = this.#item ?? this.#make();
    this.#item = undefined;
    return item;
  }

  /** @param item holds nothing of whoever had it, who does not use it any more */
  giveBack(item: Item): void {
    this.#item = item;
  }
}
