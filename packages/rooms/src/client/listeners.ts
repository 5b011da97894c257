// Functions of the application's that are called. What they throw is their own: it becomes an uncaught error.

export class Listeners<Args extends unknown[]> {
  #listeners: readonly ((...args: Args) => void)[] = [];

  /** @returns what removes it */
  add(listener: (...args: Args) => void): () => void {
    const entry = (...args: Args): void => listener(...args);
    this.#listeners = [...this.#listeners, entry];
    return () => {
      this.#listeners = this.#listeners.filter((each) => each !== entry);
    };
  }

  call(...args: Args): void {
    for (const listener of this.#listeners) {
      try {
        listener(...args);
      } catch (error) {
        reportUncaught(error);
      }
    }
  }
}

export function reportUncaught(error: unknown): void {
  queueMicrotask(() => {
    throw error;
  });
}
