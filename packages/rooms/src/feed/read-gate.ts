// How many reads are under way at once: when an engine comes back, or a node has died, every room and every member has to read.
// Who is let in goes by the order in which they came; who does not want it any more gives up its place.

export class ReadGate {
  readonly #max: number;
  #underWay = 0;
  /** A Set keeps the order, and lets go from its middle. */
  readonly #waiting = new Set<() => void>();

  constructor(max: number) {
    this.#max = max;
  }

  /** @throws the reason of `signal` where it is aborted before the read has begun; one that has begun goes on to its end */
  async run<Result>(read: () => Promise<Result>, signal?: AbortSignal): Promise<Result> {
    signal?.throwIfAborted();
    // Whoever is let in takes over the place of the one that left: nobody comes in between.
    if (this.#underWay >= this.#max) await this.#turn(signal);
    else this.#underWay++;
    try {
      signal?.throwIfAborted();
      return await read();
    } finally {
      this.#letNextIn();
    }
  }

  #turn(signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      const enter = (): void => {
        signal?.removeEventListener("abort", giveUp);
        resolve();
      };
      const giveUp = (): void => {
        this.#waiting.delete(enter);
        reject(signal!.reason as Error);
      };
      signal?.addEventListener("abort", giveUp, { once: true });
      this.#waiting.add(enter);
    });
  }

  #letNextIn(): void {
    for (const enter of this.#waiting) {
      this.#waiting.delete(enter);
      enter();
      return;
    }
    this.#underWay--;
  }
}
