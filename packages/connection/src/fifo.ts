// First in, first out. Taking from the front of a long array would move all the rest each time.

export class Fifo<Item> {
  /** The queue is what lies from the head on. */
  #items: (Item | undefined)[] = [];
  #head = 0;

  get length(): number {
    return this.#items.length - this.#head;
  }

  push(item: Item): void {
    this.#items.push(item);
  }

  shift(): Item | undefined {
    const item = this.#items[this.#head];
    if (item === undefined) return undefined;
    this.#items[this.#head++] = undefined;
    if (this.#head === this.#items.length) this.takeAll();
    return item;
  }

  /** Takes out all that there is. */
  takeAll(): Item[] {
    const items = this.#items.slice(this.#head) as Item[];
    this.#items = [];
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
