// What must be done in order, one after another: tasks of the same lane wait for each other, those of different lanes do not.

export class Lanes {
  readonly #tails = new Map<string, Promise<void>>();

  /** @param task never rejects */
  run(lane: string, task: () => Promise<void>): Promise<void> {
    const before = this.#tails.get(lane);
    const done = before === undefined ? task() : before.then(task);
    this.#tails.set(lane, done);
    void done.then(() => this.#forget(lane, done));
    return done;
  }

  #forget(lane: string, done: Promise<void>): void {
    if (this.#tails.get(lane) === done) this.#tails.delete(lane);
  }
}
