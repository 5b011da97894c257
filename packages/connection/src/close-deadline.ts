// How long a closing may go without getting on. A peer that reads slowly what was sent before the close frame is given
// the time that takes; one that only keeps us busy is not. Owns the timer.

export class CloseDeadline {
  readonly #onMissed: (timeoutMs: number) => void;
  #timer: NodeJS.Timeout | undefined;
  /** How many bytes reach to the end of our close frame, once that is among those that were accepted. */
  #lastByte = Infinity;

  /** Starts it. */
  constructor(timeoutMs: number, onMissed: (timeoutMs: number) => void) {
    this.#onMissed = onMissed;
    this.start(timeoutMs);
  }

  /** Starts it anew with another time. */
  start(timeoutMs: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#onMissed(timeoutMs), timeoutMs);
    this.#timer.unref();
  }

  /** Our close frame ends the bytes that were accepted so far. Behind it come pongs, and they may come for ever. */
  endsWith(bytesAccepted: number): void {
    this.#lastByte = Math.min(this.#lastByte, bytesAccepted);
  }

  /** So many bytes have reached the transport. */
  progressed(bytesConfirmed: number): void {
    if (bytesConfirmed <= this.#lastByte) this.#timer?.refresh();
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}
