// How many reads are under way at once: when an engine comes back, or a node has died, every room and every member has to read.
//
// Reads that nobody gives up are let in first, in the order in which they came. Of the others the newest is: whoever waits too long
// asks again, and where the oldest went first each would be given up by the time it has its turn, and all reads be in vain.

interface Waiter {
  readonly enter: () => void;
  hasGone: boolean;
}

export class ReadGate {
  readonly #max: number;
  #underWay = 0;
  /** A Set keeps the order, and lets go from its front. */
  readonly #patient = new Set<() => void>();
  #impatient: Waiter[] = [];
  /** How many of them have gone. */
  #gone = 0;

  constructor(max: number) {
    this.#max = max;
  }

  /**
   * @param signal of who may give it up
   * @throws the reason of `signal` where it is aborted before the read has begun; one that has begun goes on to its end
   */
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
      if (signal === undefined) {
        this.#patient.add(resolve);
        return;
      }
      const giveUp = (): void => {
        waiter.hasGone = true;
        // At the end those that have gone are passed over; that there are not too many of them elsewhere is seen to here.
        if (++this.#gone * 2 > this.#impatient.length) this.#sweep();
        reject(signal.reason as Error);
      };
      const enter = (): void => {
        signal.removeEventListener("abort", giveUp);
        resolve();
      };
      const waiter: Waiter = { enter, hasGone: false };
      signal.addEventListener("abort", giveUp, { once: true });
      this.#impatient.push(waiter);
    });
  }

  #letNextIn(): void {
    for (const enter of this.#patient) {
      this.#patient.delete(enter);
      return enter();
    }
    for (let newest = this.#impatient.pop(); newest !== undefined; newest = this.#impatient.pop()) {
      if (!newest.hasGone) return newest.enter();
      this.#gone--;
    }
    this.#underWay--;
  }

  #sweep(): void {
    this.#impatient = this.#impatient.filter(({ hasGone }) => !hasGone);
    this.#gone = 0;
  }
}
