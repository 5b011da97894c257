// The time that all of connecting may take, and whoever may call it off, as one signal. Owns the timer.
import { ConnectError } from "./connect-error.ts";

export class Deadline {
  readonly #controller = new AbortController();
  readonly #timer: NodeJS.Timeout;
  readonly #outer: AbortSignal | undefined;
  readonly #abort: () => void;

  constructor(timeoutMs: number, outer: AbortSignal | undefined) {
    this.#outer = outer;
    this.#abort = () => this.#controller.abort(outer?.reason);
    this.#timer = setTimeout(() => {
      this.#controller.abort(
        new ConnectError("HANDSHAKE_TIMEOUT", `Cannot connect: no answer within ${timeoutMs} ms`),
      );
    }, timeoutMs);
    outer?.addEventListener("abort", this.#abort);
  }

  /** Aborts with a {@link ConnectError}, or with the reason of the outer signal. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Lets go of timer and signal, once all is over. */
  release(): void {
    clearTimeout(this.#timer);
    this.#outer?.removeEventListener("abort", this.#abort);
  }
}
