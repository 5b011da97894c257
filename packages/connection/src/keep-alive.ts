// Notices a peer that is gone without a word: after a silence it asks, and if no byte comes in answer it gives up.
// Owns its one timer. Any byte counts as life, not only a pong: a peer in the midst of a long upload is not dead.

/** What a {@link KeepAlive} does; it knows no sockets. */
export interface KeepAliveActions {
  ping(): void;
  giveUp(): void;
  /** Whether we are reading at all: what we do not read cannot prove a peer dead. */
  isReading(): boolean;
}

export class KeepAlive {
  readonly #intervalMs: number;
  readonly #timeoutMs: number;
  readonly #actions: KeepAliveActions;
  #timer: NodeJS.Timeout | undefined;
  #lastLook: NodeJS.Immediate | undefined;
  #heard = false;

  /** @param intervalMs how long a silence may be; 0 never asks */
  constructor(intervalMs: number, timeoutMs: number, actions: KeepAliveActions) {
    this.#intervalMs = intervalMs;
    this.#timeoutMs = timeoutMs;
    this.#actions = actions;
    if (intervalMs > 0) this.#waitForSilence();
  }

  /** Bytes arrived, or can again. Only a flag is set: the timer looks at it when it rings. */
  heard(): void {
    this.#heard = true;
  }

  stop(): void {
    clearTimeout(this.#timer);
    clearImmediate(this.#lastLook);
  }

  #waitForSilence(): void {
    this.#heard = false;
    this.#timer = setTimeout(() => (this.#heard ? this.#waitForSilence() : this.#ask()), this.#intervalMs);
    // The socket keeps the process alive; a timer must not.
    this.#timer.unref();
  }

  #ask(): void {
    this.#actions.ping();
    this.#timer = setTimeout(() => {
      // Timers ring before sockets are read: where we ourselves were blocked, the answer may lie there by now.
      this.#lastLook = setImmediate(() => this.#judge());
      this.#lastLook.unref();
    }, this.#timeoutMs);
    this.#timer.unref();
  }

  #judge(): void {
    if (this.#heard || !this.#actions.isReading()) this.#waitForSilence();
    else this.#actions.giveUp();
  }
}
