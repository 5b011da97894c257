// How a connection ends: from the first sign of it, or from when somebody asks to hear of it.
import type { CloseDeadline } from "./close-deadline.ts";
import type { CloseResult } from "./close-result.ts";

export class Ending {
  /** While the connection is closing. */
  deadline: CloseDeadline | undefined;
  transportError: Error | undefined;
  /** Once it has ended. */
  result: CloseResult | undefined;
  #closed: Promise<CloseResult> | undefined;
  #resolve: ((result: CloseResult) => void) | undefined;

  get closed(): Promise<CloseResult> {
    this.#closed ??= new Promise((resolve) => {
      if (this.result === undefined) this.#resolve = resolve;
      else resolve(this.result);
    });
    return this.#closed;
  }

  /** Tells those who wait for the result, which is there. */
  tell(): void {
    this.#resolve?.(this.result!);
  }
}
