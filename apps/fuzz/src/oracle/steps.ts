// Counts what a target is made to do, so that work out of proportion is found without a clock.
import { Finding } from "./finding.ts";

export class Steps {
  readonly #limit: number;
  readonly #what: string;
  #taken = 0;

  constructor(what: string, limit: number) {
    this.#what = what;
    this.#limit = limit;
  }

  take(count = 1): void {
    this.#taken += count;
    if (this.#taken > this.#limit) {
      throw new Finding("steps", `more than ${this.#limit} ${this.#what}`);
    }
  }
}
