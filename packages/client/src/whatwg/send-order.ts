// Keeps the order of what a WebSocket sends while the bytes of a Blob are still being read: everything behind it waits.

/** One thing to do; a promise when what comes behind it must wait. It never rejects. */
export type SendStep = () => Promise<void> | undefined;

export class SendOrder {
  readonly #steps: SendStep[] = [];
  #isWaiting = false;

  add(step: SendStep): void {
    this.#steps.push(step);
    if (!this.#isWaiting) this.#run();
  }

  #run(): void {
    this.#isWaiting = false;
    for (let step = this.#steps.shift(); step !== undefined; step = this.#steps.shift()) {
      const done = step();
      if (done === undefined) continue;
      this.#isWaiting = true;
      void done.then(() => this.#run());
      return;
    }
  }
}
