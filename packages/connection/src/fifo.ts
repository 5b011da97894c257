// First in, first out. Taking from the front of a long array would move all the rest each time.

/** So many places that were left may stand before the head, besides as many as are behind it. */
const LEFT_PLACES = 32;

export class Fifo<Item> {
  /** The queue is what lies from the head on. Where nothing ever waited, none is made: most queues of a connection. */
  #items: (Item | undefined)[] | undefined;
  #head = 0;

  get length(): number {
    return this.#items === undefined ? 0 : this.#items.length - this.#head;
  }

  get first(): Item | undefined {
    return this.#items?.[this.#head];
  }

  push(item: Item): void {
    (this.#items ??= []).push(item);
  }

  shift(): Item | undefined {
    const items = this.#items;
    const item = items?.[this.#head];
    if (items === undefined || item === undefined) return undefined;
    items[this.#head++] = undefined;
    if (this.#head === items.length) this.takeAll();
    // A queue that is never empty would keep a place for everything that ever passed through it.
    else if (this.#head > LEFT_PLACES && this.#head * 2 > items.length) this.#dropLeft(items);
    return item;
  }

  #dropLeft(items: (Item | undefined)[]): void {
    this.#items = items.slice(this.#head);
    this.#head = 0;
  }

  /** Takes out all that there is. */
  takeAll(): Item[] {
    const items = (this.#items?.slice(this.#head) ?? []) as Item[];
    this.#items = undefined;
    this.#head = 0;
    return items;
  }

  /** Keeps what passes the test, and returns the rest. */
  remove(test: (item: Item) => boolean): Item[] {
    const items = this.takeAll();
    this.#items = items.filter((item) => !test(item));
    return items.filter(test);
  }
}
