// Hands things over in order, where some of them have to be waited for: a validator may take its time. At once, as long as none does.

export class InOrder {
  #tail: Promise<void> | undefined;

  /** @param task never throws or rejects */
  run(task: () => void | Promise<void>): void {
    if (this.#tail === undefined) {
      const done = task();
      if (done !== undefined) this.#wait(done);
    } else {
      this.#wait(this.#tail.then(task));
    }
  }

  #wait(tail: Promise<void>): void {
    this.#tail = tail;
    void tail.then(() => this.#forget(tail));
  }

  #forget(tail: Promise<void>): void {
    if (this.#tail === tail) this.#tail = undefined;
  }
}
