// A clock that stands still until a test sets it. Owns the timers that were set since it was put in; `setImmediate`,
// microtasks and `process.nextTick` stay real, so streams and sockets work as ever.
import { FakeTimer } from "./fake-timer.ts";
import { settle } from "./settle.ts";

const { setImmediate } = globalThis;

/** What a {@link FakeClock} begins with. */
export interface FakeClockOptions {
  /** What `Date.now()` says at first, in milliseconds since 1970. Default: what it says now. */
  readonly startAt?: number;
}

let installed: FakeClock | undefined;

/**
 * Takes the place of `setTimeout`, `setInterval`, `Date` and `performance.now`, which all that there is of this stack goes by:
 * keep-alive, deadlines, reconnection, rates. For tests without a runner that has fake timers, and for those that want each
 * timer's consequences over before the next rings. What imports `node:timers/promises` is not reached.
 *
 * @example
 * ```ts
 * const clock = FakeClock.install();
 * const { connection, peer } = connectionAndPeer("server", { pingIntervalMs: 30_000 });
 * await clock.advance(30_000);
 * peer.takeFrames(); // → ["ping"]
 * clock.uninstall();
 * ```
 */
export class FakeClock implements Disposable {
  readonly #timers = new Set<FakeTimer>();
  readonly #startAt: number;
  readonly #restore: () => void;
  #now = 0;
  #isInstalled = true;

  /** @throws Error where one is in place already */
  static install(options: FakeClockOptions = {}): FakeClock {
    if (installed !== undefined)
      throw new Error("Cannot install a fake clock: one is in place, uninstall it first");
    installed = new FakeClock(options.startAt ?? Date.now());
    return installed;
  }

  private constructor(startAt: number) {
    this.#startAt = startAt;
    this.#restore = this.#takeOver();
  }

  /** Milliseconds since it was put in. */
  get now(): number {
    return this.#now;
  }

  /** Timers that are set and have not rung. */
  get pendingTimers(): number {
    return this.#timers.size;
  }

  /**
   * Lets so much time pass: whatever timers are due ring in order, and after each everything happens that it causes in
   * memory. Rejects with what a timer throws.
   */
  async advance(ms: number): Promise<void> {
    const until = this.#now + ms;
    await turn();
    for (let timer = this.#earliest(until); timer !== undefined; timer = this.#earliest(until)) {
      this.#now = Math.max(this.#now, timer.dueAt);
      if (timer.isRepeated) timer.refresh();
      else this.#timers.delete(timer);
      timer.ring();
      await turn();
    }
    this.#now = until;
    await turn();
  }

  /** Gives back the real clock. Timers that are still set never ring. */
  uninstall(): void {
    if (!this.#isInstalled) return;
    this.#isInstalled = false;
    installed = undefined;
    this.#restore();
  }

  [Symbol.dispose](): void {
    this.uninstall();
  }

  #earliest(until: number): FakeTimer | undefined {
    let earliest: FakeTimer | undefined;
    for (const timer of this.#timers) {
      if (timer.dueAt <= until && (earliest === undefined || timer.isBefore(earliest))) earliest = timer;
    }
    return earliest;
  }

  #set(
    isRepeated: boolean,
    callback: (...args: unknown[]) => void,
    delayMs = 1,
    args: unknown[] = [],
  ): FakeTimer {
    if (typeof callback !== "function")
      throw new TypeError(`Cannot set a timer: ${String(callback)} is no function`);
    const ring = (): void => callback(...args);
    return new FakeTimer({ timers: this.#timers, now: () => this.#now, ring, delayMs, isRepeated });
  }

  #clear(timer: unknown): void {
    // One that has rung could be refreshed otherwise.
    if (timer instanceof FakeTimer) return void timer.close();
    for (const one of this.#timers) if (String(one.id) === String(timer)) one.close();
  }

  #takeOver(): () => void {
    const { setTimeout, setInterval, clearTimeout, clearInterval, Date: RealDate } = globalThis;
    const ownNow = Object.getOwnPropertyDescriptor(performance, "now");
    // Whole, so that differences are exact.
    const base = Math.ceil(performance.now());
    const dateNow = (): number => this.#startAt + this.#now;
    class FakeDate extends RealDate {
      constructor(...args: unknown[]) {
        // Whatever forms Date takes, TypeScript does not spread into.
        super(...((args.length === 0 ? [dateNow()] : args) as [number]));
      }
      static override now(): number {
        return dateNow();
      }
    }
    type Callback = (...args: unknown[]) => void;
    const clear = (timer: unknown): void => this.#clear(timer);
    Object.assign(globalThis, {
      setTimeout: (callback: Callback, ms?: number, ...args: unknown[]) =>
        this.#set(false, callback, ms, args),
      setInterval: (callback: Callback, ms?: number, ...args: unknown[]) =>
        this.#set(true, callback, ms, args),
      clearTimeout: clear,
      clearInterval: clear,
      Date: FakeDate,
    });
    Object.defineProperty(performance, "now", { configurable: true, value: () => base + this.#now });
    return () => {
      Object.assign(globalThis, { setTimeout, setInterval, clearTimeout, clearInterval, Date: RealDate });
      if (ownNow === undefined) Reflect.deleteProperty(performance, "now");
      else Object.defineProperty(performance, "now", ownNow);
    };
  }
}

/** One turn of the event loop, and all that it causes in memory. */
async function turn(): Promise<void> {
  await settle();
  await new Promise((resolve) => setImmediate(resolve));
  await settle();
}
