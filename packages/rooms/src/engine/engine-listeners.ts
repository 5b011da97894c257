// Who hears of an engine, and whether it is up: tells changes only, each once.
import type { EngineListener, EngineStatus } from "../room-log.ts";
import { reportUncaught } from "./report-uncaught.ts";

/** Who hears of an engine, and whether it is up: tells changes only, each once. */
export class EngineListeners {
  readonly #listeners = new Set<EngineListener>();
  #status: EngineStatus;

  constructor(status: EngineStatus) {
    this.#status = status;
  }

  /** What was told last. */
  get status(): EngineStatus {
    return this.#status;
  }

  /** @returns a function that ends it */
  add(listener: EngineListener): () => void {
    // The same listener may watch twice, and each end is its own.
    const own: EngineListener = {
      onStatus: (status, error) => listener.onStatus?.(status, error),
      onFault: (error) => listener.onFault?.(error),
    };
    this.#listeners.add(own);
    return () => void this.#listeners.delete(own);
  }

  /** Tells all that the engine is up or down, if that is news. */
  setStatus(status: EngineStatus, error?: Error): void {
    if (status === this.#status) return;
    this.#status = status;
    this.#tell((listener) => listener.onStatus?.(status, error));
  }

  /** Tells all of something in the engine that was skipped. */
  fault(error: Error): void {
    this.#tell((listener) => listener.onFault?.(error));
  }

  /** Tells nobody any more. */
  clear(): void {
    this.#listeners.clear();
  }

  #tell(what: (listener: EngineListener) => void): void {
    for (const listener of [...this.#listeners]) {
      try {
        what(listener);
      } catch (error) {
        reportUncaught(error);
      }
    }
  }
}
