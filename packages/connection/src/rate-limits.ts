// How much a peer may send a second. Off unless asked for: what is too often depends on the application.
import { ConnectionError } from "./connection-error.ts";
import type { ResolvedConnectionOptions } from "./connection-options.ts";
import { TokenBucket } from "./token-bucket.ts";

/** A chunk that a transport reads at once must always pass. */
const CHUNK_BYTES = 64 * 1024;

/** The peer sent too much too fast. */
export class RateError extends ConnectionError {
  /** The option that says how much. */
  readonly limit: string;

  constructor(what: string, limit: string) {
    super("RATE_EXCEEDED", `Cannot accept so many ${what} a second: see ${limit}`);
    this.limit = limit;
  }
}

/** The options that say how much. */
type Rates = Pick<
  ResolvedConnectionOptions,
  "maxMessagesPerSecond" | "maxReceivedBytesPerSecond" | "maxControlFramesPerSecond"
>;

export class RateLimits {
  readonly #rates: Rates;
  readonly #messages: TokenBucket | undefined;
  readonly #bytes: TokenBucket | undefined;
  readonly #controlFrames: TokenBucket | undefined;

  constructor(rates: Rates) {
    const { maxMessagesPerSecond, maxReceivedBytesPerSecond, maxControlFramesPerSecond } = rates;
    this.#rates = rates;
    this.#messages = bucket(maxMessagesPerSecond, maxMessagesPerSecond);
    this.#bytes = bucket(Math.max(maxReceivedBytesPerSecond, CHUNK_BYTES), maxReceivedBytesPerSecond);
    this.#controlFrames = bucket(maxControlFramesPerSecond, maxControlFramesPerSecond);
  }

  /**
   * Limits, where the options have any.
   *
   * @param before what holds until now: it goes on where the rates are the same
   */
  static of(rates: Rates, before?: RateLimits): RateLimits | undefined {
    const { maxMessagesPerSecond, maxReceivedBytesPerSecond, maxControlFramesPerSecond } = rates;
    if (maxMessagesPerSecond + maxReceivedBytesPerSecond + maxControlFramesPerSecond === 0) return undefined;
    const isSame =
      before !== undefined &&
      before.#rates.maxMessagesPerSecond === maxMessagesPerSecond &&
      before.#rates.maxReceivedBytesPerSecond === maxReceivedBytesPerSecond &&
      before.#rates.maxControlFramesPerSecond === maxControlFramesPerSecond;
    return isSame ? before : new RateLimits(rates);
  }

  /** @returns what is wrong, if the peer sends too much */
  takeBytes(count: number): RateError | undefined {
    return exceeds(this.#bytes, count) ? new RateError("bytes", "maxReceivedBytesPerSecond") : undefined;
  }

  takeMessage(): RateError | undefined {
    return exceeds(this.#messages, 1) ? new RateError("messages", "maxMessagesPerSecond") : undefined;
  }

  takeControlFrame(): RateError | undefined {
    return exceeds(this.#controlFrames, 1)
      ? new RateError("control frames", "maxControlFramesPerSecond")
      : undefined;
  }
}

/** A second's worth may come at once. */
function bucket(capacity: number, perSecond: number): TokenBucket | undefined {
  return perSecond === 0 ? undefined : new TokenBucket(capacity, perSecond);
}

function exceeds(tokens: TokenBucket | undefined, count: number): boolean {
  return tokens !== undefined && tokens.take(count) > 0;
}
