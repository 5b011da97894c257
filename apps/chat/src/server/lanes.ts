// Tasks about the same thing run one after the other, those about others at the same time.

export class Lanes {
  readonly #last = new Map<string, Promise<unknown>>();

  /** Runs a task when those before it in its lane are done, however they ended. */
  async run<Result>(lane: string, task: () => Promise<Result>): Promise<Result> {
    const turn = after(this.#last.get(lane), task);
    this.#last.set(lane, turn);
    try {
      return await turn;
    } finally {
      if (this.#last.get(lane) === turn) this.#last.delete(lane);
    }
  }
}

async function after<Result>(
  before: Promise<unknown> | undefined,
  task: () => Promise<Result>,
): Promise<Result> {
  try {
    await before;
  } catch {
    // Whoever asked for it has been told.
  }
  return await task();
}
