// When events reach the application: at once, or one in each turn of the event loop, in order. Owns what waits for its
// turn; whoever brings it is asked to stop meanwhile.

export class Deliveries {
  readonly #areSynchronous: boolean;
  readonly #hold: (mustHold: boolean) => void;
  readonly #waiting: (() => void)[] = [];

  /**
   * @param areSynchronous whether several may come in one turn
   * @param hold stops what brings events, and lets it go on
   */
  constructor(areSynchronous: boolean, hold: (mustHold: boolean) => void) {
    this.#areSynchronous = areSynchronous;
    this.#hold = hold;
  }

  /** Calls it when it is its turn. */
  deliver(event: () => void): void {
    if (this.#areSynchronous) return event();
    if (this.#waiting.push(event) > 1) return;
    this.#hold(true);
    setImmediate(() => this.#next());
  }

  /** Calls it behind all that waits. */
  finish(event: () => void): void {
    if (this.#waiting.length === 0) event();
    else this.#waiting.push(event);
  }

  #next(): void {
    const event = this.#waiting[0]!;
    try {
      event();
    } finally {
      this.#waiting.shift();
      if (this.#waiting.length > 0) setImmediate(() => this.#next());
      else this.#hold(false);
    }
  }
}
