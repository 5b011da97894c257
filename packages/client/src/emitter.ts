// Node's event methods where there is no Node: the few that a connection's users need, typed.
import { reportUncaught } from "./report.ts";

interface Entry {
  readonly listener: unknown;
  readonly isOnce: boolean;
}

/** Calls listeners by name, in the order they came. */
export abstract class Emitter<Events extends { [Name in keyof Events]: unknown[] }> {
  readonly #listeners = new Map<keyof Events, readonly Entry[]>();

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
    this.#remove(
      name,
      this.#listeners.get(name)?.findLast((entry) => entry.listener === listener),
    );
    return this;
  }

  /** How many listeners an event has. */
  listenerCount(name: keyof Events): number {
    return this.#listeners.get(name)?.length ?? 0;
  }

  /** Returns whether anybody listened. What a listener throws is its own: it becomes an uncaught error. */
  protected emit<Name extends keyof Events>(name: Name, ...args: Events[Name]): boolean {
    const listeners = this.#listeners.get(name) ?? [];
    for (const entry of listeners) {
      // A listener before it may have caused another event, and that one has reached it first.
      if (entry.isOnce && !this.#remove(name, entry)) continue;
      try {
        (entry.listener as (...args: Events[Name]) => void)(...args);
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

  #remove(name: keyof Events, entry: Entry | undefined): boolean {
    const listeners = this.#listeners.get(name) ?? [];
    // A new list: the one that is being called stays as it is.
    const others = listeners.filter((each) => each !== entry);
    this.#listeners.set(name, others);
    return others.length < listeners.length;
  }
}
