// Whether the person is away: none of their tabs in this browser was looked at and used for some minutes. The tabs tell each other through
// the browser's memory. Owns one timer.
import type { BrowserMemory } from "./browser-memory.ts";

export const AWAY_AFTER_MS: number = 3 * 60 * 1000;
const KEY = "active";
/** The memory is not written for each key and move of the mouse. */
const WRITE_EVERY_MS = 10_000;

export class AwayWatch {
  readonly #memory: BrowserMemory;
  readonly #onChange: (isAway: boolean) => void;
  #isAway = false;
  #activeAt = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(memory: BrowserMemory, onChange: (isAway: boolean) => void) {
    this.#memory = memory;
    this.#onChange = onChange;
    this.active();
  }

  get isAway(): boolean {
    return this.#isAway;
  }

  /** The person did something on this page. */
  active(): void {
    const now = Date.now();
    if (!this.#isAway && now - this.#activeAt < WRITE_EVERY_MS) return;
    this.#activeAt = now;
    this.#memory.set(KEY, String(now));
    this.look();
  }

  /** Something may have changed: another tab, or the time. */
  look(): void {
    clearTimeout(this.#timer);
    const elsewhere = Number(this.#memory.get(KEY) ?? 0);
    const quietMs = Date.now() - Math.max(this.#activeAt, elsewhere);
    const isAway = quietMs >= AWAY_AFTER_MS;
    if (!isAway) this.#timer = setTimeout(() => this.look(), AWAY_AFTER_MS - quietMs + 1);
    if (isAway === this.#isAway) return;
    this.#isAway = isAway;
    this.#onChange(isAway);
  }

  stop(): void {
    clearTimeout(this.#timer);
  }
}
