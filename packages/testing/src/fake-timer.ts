// One timer of a fake clock: everything that Node's `Timeout` can do.

/** What Node makes of delays that it cannot keep. */
const MAX_DELAY_MS = 2 ** 31 - 1;

let count = 0;

export interface FakeTimerInit {
  /** Those that are set; a timer puts itself in, and takes itself out when it is cleared. */
  readonly timers: Set<FakeTimer>;
  readonly now: () => number;
  readonly ring: () => void;
  readonly delayMs: number;
  readonly isRepeated: boolean;
}

export class FakeTimer implements Disposable {
  readonly id: number = ++count;
  readonly isRepeated: boolean;
  readonly ring: () => void;
  readonly #timers: Set<FakeTimer>;
  readonly #now: () => number;
  readonly #delayMs: number;
  #dueAt = 0;
  /** Of two that are due at once, the one that was set first rings first. */
  #order = 0;
  #isRef = true;
  #isCleared = false;

  constructor({ timers, now, ring, delayMs, isRepeated }: FakeTimerInit) {
    this.isRepeated = isRepeated;
    this.ring = ring;
    this.#timers = timers;
    this.#now = now;
    this.#delayMs = delayMs >= 1 && delayMs <= MAX_DELAY_MS ? Math.trunc(delayMs) : 1;
    this.refresh();
  }

  get dueAt(): number {
    return this.#dueAt;
  }

  isBefore(other: FakeTimer): boolean {
    return this.#dueAt < other.#dueAt || (this.#dueAt === other.#dueAt && this.#order < other.#order);
  }

  /** Begins anew, also when it has rung; not when it was cleared. */
  refresh(): this {
    if (this.#isCleared) return this;
    this.#dueAt = this.#now() + this.#delayMs;
    this.#order = ++count;
    this.#timers.add(this);
    return this;
  }

  close(): this {
    this.#isCleared = true;
    this.#timers.delete(this);
    return this;
  }

  ref(): this {
    this.#isRef = true;
    return this;
  }

  unref(): this {
    this.#isRef = false;
    return this;
  }

  hasRef(): boolean {
    return this.#isRef;
  }

  [Symbol.toPrimitive](): number {
    return this.id;
  }

  [Symbol.dispose](): void {
    this.close();
  }
}
