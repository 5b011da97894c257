// A rate limit that allows bursts: so many at once, and then so many a second. Owns no timer: it counts what has come
// back since it was last asked.

/** A rate limit that allows bursts: `capacity` at once, and `perSecond` in the long run. It has no timer. */
export class TokenBucket {
  readonly #capacity: number;
  readonly #perSecond: number;
  readonly #now: () => number;
  #tokens: number;
  #filledAt: number;

  /**
   * @param capacity how many may come at once
   * @param perSecond how many may come in the long run
   * @param now a clock that never goes back, in milliseconds
   */
  constructor(capacity: number, perSecond: number, now: () => number = () => performance.now()) {
    this.#capacity = capacity;
    this.#perSecond = perSecond;
    this.#now = now;
    this.#tokens = capacity;
    this.#filledAt = now();
  }

  /** Takes tokens: 0 when they were there; otherwise takes none, and says how many milliseconds until they will be. */
  take(count = 1): number {
    this.#refill();
    if (this.#tokens >= count) {
      this.#tokens -= count;
      return 0;
    }
    return Math.ceil(((count - this.#tokens) / this.#perSecond) * 1000);
  }

  /** Whether nothing was taken for so long that forgetting the bucket changes nothing. */
  get isFull(): boolean {
    this.#refill();
    return this.#tokens >= this.#capacity;
  }

  #refill(): void {
    const now = this.#now();
    const gained = ((now - this.#filledAt) / 1000) * this.#perSecond;
    this.#tokens = Math.min(this.#capacity, this.#tokens + gained);
    this.#filledAt = now;
  }
}
