// Finds out when sent bytes have reached the transport. A browser says so only by a number that falls, `bufferedAmount`,
// and has no event for it: the number is looked at again and again while somebody waits for it, and never otherwise.
import type { SentCallback } from "@ws/connection";
import { reportUncaught } from "../report.ts";

const FIRST_LOOK_MS = 1;
const LAST_LOOK_MS = 50;

interface Waiter {
  /** Sent by now once that many bytes of the connection are. */
  readonly end: number;
  readonly callback: SentCallback;
}

export class SentWatch {
  readonly #bufferedAmount: () => number;
  #sentBytes = 0;
  #waiters: Waiter[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;
  #delayMs = FIRST_LOOK_MS;

  /** @param bufferedAmount the bytes that have not left */
  constructor(bufferedAmount: () => number) {
    this.#bufferedAmount = bufferedAmount;
  }

  /** Bytes were handed over. */
  sent(bytes: number): void {
    this.#sentBytes += bytes;
  }

  /** Calls back when everything sent so far has left. */
  whenSent(callback: SentCallback): void {
    this.#waiters.push({ end: this.#sentBytes, callback });
    this.#delayMs = FIRST_LOOK_MS;
    this.#lookAgain();
  }

  /** The connection is over: what has not left never will. */
  end(error: Error): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    tell(this.#waiters.splice(0), error);
  }

  #lookAgain(): void {
    this.#timer ??= setTimeout(() => this.#look(), this.#delayMs);
  }

  #look(): void {
    this.#timer = undefined;
    this.#delayMs = Math.min(this.#delayMs * 2, LAST_LOOK_MS);
    const left = this.#sentBytes - this.#bufferedAmount();
    const done = this.#waiters.filter(({ end }) => end <= left);
    this.#waiters = this.#waiters.filter(({ end }) => end > left);
    if (this.#waiters.length > 0) this.#lookAgain();
    tell(done);
  }
}

function tell(waiters: readonly Waiter[], error?: Error): void {
  for (const { callback } of waiters) {
    try {
      callback(error);
    } catch (thrown) {
      reportUncaught(thrown);
    }
  }
}
