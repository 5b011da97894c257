// The time a case has. A good peer never gets near it; it only bounds how long a bad one can hold the suite.

export class Deadline {
  readonly totalMs: number;
  readonly #end: number;

  constructor(totalMs: number) {
    this.totalMs = totalMs;
    this.#end = performance.now() + totalMs;
  }

  get leftMs(): number {
    return Math.max(0, this.#end - performance.now());
  }
}
