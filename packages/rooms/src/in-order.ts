// Hands things over in order, where some of them have to be waited for: a validator may take its time. At once, as long as none does.

export class InOrder {
  #tail: Promise<void> | undefined;
  #waiting = 0;

  /** How many are waited for. */
  get waiting(): number {
    return this.#waiting;
  }

  /** @param task never throws or rejects */
  run(task: () => void | Promise<void>): void {
    if (this.#tail === undefined) {
      const done = task();
      if (done !== undefined) this.#wait(done);
    } else {
      this.#wait(this.#tail.then(task));
    }
  }

  /** Calls back when nothing is waited for: at once, where that is so. */
  whenIdle(then: () => void): void {
    if (this.#tail === undefined) then();
    else void this.#tail.then(() => this.whenIdle(then));
  }

  #wait(tail: Promise<void>): void {
    this.#tail = tail;
    this.#waiting++;
    void tail.then(() => this.#forget(tail));
  }

  #forget(tail: Promise<void>): void {
    this.#waiting--;
    if (this.#tail === tail) this.#tail = undefined;
  }
}
