// A rate limit that allows bursts: a bucket of tokens that fills up again at a steady rate.

export class TokenBucket {
  readonly #capacity: number;
  readonly #perSecond: number;
  readonly #now: () => number;
  #tokens: number;
  #filledAt: number;

  /**
   * @param capacity how many may come at once
   * @param perSecond how many may come in the long run
   * @param now a clock in milliseconds
   */
  constructor(capacity: number, perSecond: number, now: () => number = () => performance.now()) {
    this.#capacity = capacity;
    this.#perSecond = perSecond;
    this.#now = now;
    this.#tokens = capacity;
    this.#filledAt = now();
  }

  /** Takes a token: 0 when there was one, otherwise how many milliseconds until there will be. */
  take(): number {
    const now = this.#now();
    const filled = this.#tokens + ((now - this.#filledAt) / 1000) * this.#perSecond;
    this.#tokens = Math.min(this.#capacity, filled);
    this.#filledAt = now;
    if (this.#tokens >= 1) {
      this.#tokens--;
      return 0;
    }
    return Math.ceil(((1 - this.#tokens) / this.#perSecond) * 1000);
  }

  /** Whether nothing was taken for so long that forgetting the bucket changes nothing. */
  get isFull(): boolean {
    return this.#tokens + ((this.#now() - this.#filledAt) / 1000) * this.#perSecond >= this.#capacity;
  }
}
