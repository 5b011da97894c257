// Node's event methods where there is no Node: the few that a connection's users need, typed.
import { reportUncaught } from "./report.ts";

/** Calls listeners by name, in the order they came. */
export abstract class Emitter<Events extends { [Name in keyof Events]: unknown[] }> {
  readonly #listeners = new Map<keyof Events, { readonly listener: unknown; readonly isOnce: boolean }[]>();

  /** Adds a listener; twice means called twice. */
  on<Name extends keyof Events>(name: Name, listener: (...args: Events[Name]) => void): this {
    return this.#add(name, listener, false);
  }

  /** Adds a listener for the next event of that name only. */
  once<Name extends keyof Events>(name: Name, listener: (...args: Events[Name]) => void): this {
    return this.#add(name, listener, true);
  }

  /** Removes the listener that was added last, if it was. */
  off<Name extends keyof Events>(name: Name, listener: (...args: Events[Name]) => void): this {
    const listeners = this.#listeners.get(name) ?? [];
    const index = listeners.findLastIndex((each) => each.listener === listener);
    // A new list: the one that is being called stays as it is.
    if (index !== -1) this.#listeners.set(name, listeners.toSpliced(index, 1));
    return this;
  }

  listenerCount(name: keyof Events): number {
    return this.#listeners.get(name)?.length ?? 0;
  }

  /** Returns whether anybody listened. What a listener throws is its own: it becomes an uncaught error. */
  protected emit<Name extends keyof Events>(name: Name, ...args: Events[Name]): boolean {
    const listeners = this.#listeners.get(name) ?? [];
    for (const { listener, isOnce } of listeners) {
      const call = listener as (...args: Events[Name]) => void;
      if (isOnce) this.off(name, call);
      try {
        call(...args);
      } catch (error) {
        reportUncaught(error);
      }
    }
    return listeners.length > 0;
  }

  #add(name: keyof Events, listener: unknown, isOnce: boolean): this {
    this.#listeners.set(name, [...(this.#listeners.get(name) ?? []), { listener, isOnce }]);
    return this;
  }
}
