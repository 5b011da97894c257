// How often each address may ask: a token bucket for each that asked lately. Owns no timer: a bucket that is full again
// is forgotten when another address comes, and the number of those remembered is bounded.
import { TokenBucket } from "@ws/connection";

/** About 4 MB of them. Whoever has more addresses than this is not to be stopped by counting addresses. */
const MAX_ADDRESSES = 20_000;
/** How many old buckets each new one looks at: with two, forgetting keeps up with remembering. */
const LOOKS = 2;

export class AddressRates {
  readonly #burst: number;
  readonly #perSecond: number;
  /** In the order in which they last asked. */
  readonly #buckets = new Map<string, TokenBucket>();

  constructor(burst: number, perSecond: number) {
    this.#burst = burst;
    this.#perSecond = perSecond;
  }

  /** 0 where the address may go on; otherwise the milliseconds until it may. */
  take(key: string): number {
    const bucket = this.#buckets.get(key) ?? new TokenBucket(this.#burst, this.#perSecond);
    this.#buckets.delete(key);
    this.#forget();
    this.#buckets.set(key, bucket);
    return bucket.take();
  }

  #forget(): void {
    let looks = LOOKS;
    for (const [key, bucket] of this.#buckets) {
      if (looks-- === 0) break;
      if (bucket.isFull || this.#buckets.size >= MAX_ADDRESSES) this.#buckets.delete(key);
    }
  }
}
