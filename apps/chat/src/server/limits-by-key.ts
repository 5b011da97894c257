// Token buckets for everybody that there may be: one set for each person, or each address, forgotten when that changes nothing.
import { TokenBucket } from "@ws/connection";

const MAX_KEYS = 10_000;

/** How much of something: so many at once, then so many a second. */
export interface Rate {
  readonly burst: number;
  readonly perSecond: number;
}

export class LimitsByKey<Name extends string> {
  readonly #rates: Readonly<Record<Name, Rate>>;
  readonly #now: () => number;
  readonly #buckets = new Map<string, Map<Name, TokenBucket>>();

  constructor(rates: Readonly<Record<Name, Rate>>, now: () => number = () => performance.now()) {
    this.#rates = rates;
    this.#now = now;
  }

  /** Takes what somebody wants: 0 where they may have it; otherwise nothing, and in how many ms they may. */
  take(key: string, name: Name, count = 1): number {
    return this.#bucket(key, name).take(count);
  }

  #bucket(key: string, name: Name): TokenBucket {
    let buckets = this.#buckets.get(key);
    if (buckets === undefined) {
      if (this.#buckets.size >= MAX_KEYS) this.#forget();
      this.#buckets.set(key, (buckets = new Map()));
    }
    let bucket = buckets.get(name);
    if (bucket === undefined) {
      const { burst, perSecond } = this.#rates[name];
      buckets.set(name, (bucket = new TokenBucket(burst, perSecond, this.#now)));
    }
    return bucket;
  }

  /** Those that are full again are as good as new; where that is not enough the oldest have to go, a tenth at a time. */
  #forget(): void {
    for (const [key, buckets] of this.#buckets) {
      if ([...buckets.values()].every((bucket) => bucket.isFull)) this.#buckets.delete(key);
    }
    for (const key of this.#buckets.keys()) {
      if (this.#buckets.size < MAX_KEYS * 0.9) break;
      this.#buckets.delete(key);
    }
  }
}
