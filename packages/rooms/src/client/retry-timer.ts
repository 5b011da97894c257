// When to try again what the server could not do at the moment: after a random wait that doubles, or at once when told so.

/** Waits are random below these, in milliseconds: at first, and at most. */
const FIRST_MS = 500;
const MAX_MS = 10_000;

export class RetryTimer {
  readonly #retry: () => void;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #attempts = 0;

  constructor(retry: () => void) {
    this.#retry = retry;
  }

  get isWaiting(): boolean {
    return this.#timer !== undefined;
  }

  /** Tries again some time. */
  wait(): void {
    if (this.#timer !== undefined) return;
    const waitMs = Math.random() * Math.min(FIRST_MS * 2 ** this.#attempts++, MAX_MS);
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#retry();
    }, waitMs);
    // The connection keeps a process alive, as long as there is one.
    (this.#timer as { unref?: () => void }).unref?.();
  }

  /** It went well: the next wait is short again. */
  reset(): void {
    this.#attempts = 0;
    this.stop();
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}
