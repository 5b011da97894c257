// Notices a peer that is gone without a word: after a silence it asks, and if no byte comes in answer it gives up.
// Owns its one timer. Any byte counts as life, not only a pong: a peer in the midst of a long upload is not dead. Nor is
// one that still reads what our question waits behind, here or in the network.

/** What a {@link KeepAlive} does; it knows no sockets. */
export interface KeepAliveActions {
  /** Asks; `onSent` is called when the question has reached the transport. */
  ping(onSent: () => void): void;
  giveUp(): void;
  /** Whether we are reading at all: what we do not read cannot prove a peer dead. */
  isReading(): boolean;
  /**
   * How many bytes the transport has taken, as long as more wait for it; `undefined` where none do. What it takes at
   * once proves nothing: the kernel takes some even for a peer that is gone.
   */
  progress(): number | undefined;
}

export class KeepAlive {
  readonly #intervalMs: number;
  readonly #timeoutMs: number;
  readonly #actions: KeepAliveActions;
  #timer: NodeJS.Timeout | undefined;
  #lastLook: NodeJS.Immediate | undefined;
  #heard = false;
  /** How far the transport was when the time for an answer began. */
  #progress: number | undefined;

  /** @param intervalMs how long a silence may be */
  constructor(intervalMs: number, timeoutMs: number, actions: KeepAliveActions) {
    this.#intervalMs = intervalMs;
    this.#timeoutMs = timeoutMs;
    this.#actions = actions;
    this.#waitForSilence();
  }

  /** Bytes arrived, or can again. Only a flag is set: the timer looks at it when it rings. */
  heard(): void {
    this.#heard = true;
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    clearImmediate(this.#lastLook);
  }

  #waitForSilence(): void {
    this.#heard = false;
    this.#timer = setTimeout(() => (this.#heard ? this.#waitForSilence() : this.#ask()), this.#intervalMs);
    // The socket keeps the process alive; a timer must not.
    this.#timer.unref();
  }

  #ask(): void {
    const timer = this.#waitForAnswer();
    this.#progress = this.#actions.progress();
    this.#actions.ping(() => {
      if (this.#timer === timer) this.#beginAnew();
    });
  }

  #waitForAnswer(): NodeJS.Timeout {
    const timer = setTimeout(() => {
      // Timers ring before sockets are read: where we ourselves were blocked, the answer may lie there by now.
      this.#lastLook = setImmediate(() => this.#judge());
    }, this.#timeoutMs);
    this.#timer = timer;
    timer.unref();
    return timer;
  }

  #beginAnew(): void {
    clearImmediate(this.#lastLook);
    this.#progress = this.#actions.progress();
    this.#timer?.refresh();
  }

  #judge(): void {
    const progress = this.#actions.progress();
    if (this.#heard || !this.#actions.isReading()) this.#waitForSilence();
    else if (progress !== undefined && progress !== this.#progress) this.#beginAnew();
    else this.#actions.giveUp();
  }
}
