// How many reads are under way at once: when an engine comes back, every room of a process has to read.

export class ReadGate {
  readonly #max: number;
  #underWay = 0;
  readonly #waiting: (() => void)[] = [];

  constructor(max: number) {
    this.#max = max;
  }

  async run<Result>(read: () => Promise<Result>): Promise<Result> {
    // Whoever is let in takes over the place of the one that left: nobody comes in between.
    if (this.#underWay >= this.#max) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    else this.#underWay++;
    try {
      return await read();
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#underWay--;
      else next();
    }
  }
}
