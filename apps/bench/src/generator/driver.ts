// What drives a load: opens its connections, keeps as much under way as the load says, and counts what came back right.
import { Latencies } from "./latencies.ts";

export abstract class Driver {
  readonly latencies: Latencies = new Latencies();
  /** In what the load is priced by: messages, deliveries, … */
  count = 0;
  failure: Error | undefined;
  #isStopped = false;

  /** Resolves when everything is open and under way. */
  abstract start(): Promise<void>;
  /** Lets go of every connection. */
  protected abstract release(): void;

  get isStopped(): boolean {
    return this.#isStopped;
  }

  stop(): void {
    this.#isStopped = true;
    this.release();
  }

  /** The first one counts: what follows is its consequence. */
  protected fail(error: Error): void {
    if (!this.#isStopped) this.failure ??= error;
  }
}
