// Questions to the other side that were not answered yet: bounded, each with its deadline. Runs wherever there are timers.
import { RoomError } from "./room-error.ts";

interface Pending<Answer> {
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: unknown) => void;
  readonly stop: () => void;
}

export interface AskOptions {
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
}

export class PendingAnswers<Answer> {
  readonly #max: number;
  readonly #pending = new Map<number, Pending<Answer>>();
  /** Counts up as long as this lives, so that an answer that comes late answers nothing else. */
  #lastId = 0;

  /** @param max how many may be waited for at the same time */
  constructor(max: number) {
    this.#max = max;
  }

  get size(): number {
    return this.#pending.size;
  }

  get isFull(): boolean {
    return this.#pending.size >= this.#max;
  }

  /**
   * @param send puts the question under an id
   * @returns the answer; rejects with `OVERLOADED`, `TIMEOUT`, what `fail` was told, or the signal's reason
   */
  ask(send: (id: number) => void, { timeoutMs, signal }: AskOptions): Promise<Answer> {
    if (this.isFull) {
      return Promise.reject(
        new RoomError("OVERLOADED", `Cannot ask: ${this.#max} answers are waited for already`),
      );
    }
    if (signal?.aborted === true) return Promise.reject(signal.reason as Error);
    const id = ++this.#lastId;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#fail(id, new RoomError("TIMEOUT", `Cannot wait any longer: no answer within ${timeoutMs} ms`));
      }, timeoutMs);
      const onAbort = (): void => {
        this.#take(id);
        reject(signal?.reason as Error);
      };
      const stop = (): void => {
        clearTimeout(timer);
        signal?.removeEventListener("abort", onAbort);
      };
      signal?.addEventListener("abort", onAbort);
      this.#pending.set(id, { resolve, reject, stop });
      try {
        send(id);
      } catch (error) {
        this.#take(id);
        reject(error);
      }
    });
  }

  /** @returns whether anybody waited for it */
  answer(id: number, answer: Answer): boolean {
    const pending = this.#take(id);
    pending?.resolve(answer);
    return pending !== undefined;
  }

  /** @returns whether anybody waited for it */
  refuse(id: number, error: RoomError): boolean {
    const pending = this.#take(id);
    pending?.reject(error);
    return pending !== undefined;
  }

  /** No answer will come any more. */
  failAll(error: RoomError): void {
    for (const id of [...this.#pending.keys()]) this.#fail(id, error);
  }

  #fail(id: number, error: RoomError): void {
    this.#take(id)?.reject(error);
  }

  #take(id: number): Pending<Answer> | undefined {
    const pending = this.#pending.get(id);
    this.#pending.delete(id);
    pending?.stop();
    return pending;
  }
}
