// Event handler IDL attributes (`onopen`, `onmessage`, …) as the HTML standard has them: one handler per type, which
// takes its place among the listeners when it is first set and keeps it until it is set to null.

/** What an `on…` attribute holds. */
export type EventHandler<HandledEvent extends Event> = ((event: HandledEvent) => unknown) | null;

class Handler {
  value: unknown;
  readonly #target: EventTarget;
  readonly #type: string;

  constructor(target: EventTarget, type: string, value: unknown) {
    this.#target = target;
    this.#type = type;
    this.value = value;
    target.addEventListener(type, this);
  }

  handleEvent(event: Event): void {
    if (typeof this.value === "function") this.value.call(this.#target, event);
  }

  deactivate(): void {
    this.#target.removeEventListener(this.#type, this);
  }
}

/** Gives the objects of a class an attribute for each of these types of events. */
export function defineEventHandlers(prototype: EventTarget, types: readonly string[]): void {
  for (const type of types) {
    const handlers = new WeakMap<EventTarget, Handler>();
    Object.defineProperty(prototype, `on${type}`, {
      enumerable: true,
      configurable: true,
      get(this: EventTarget): unknown {
        return handlers.get(this)?.value ?? null;
      },
      // An object that is no function is kept and never called; what is no object means null.
      set(this: EventTarget, value: unknown) {
        const isObject = typeof value === "function" || (typeof value === "object" && value !== null);
        const handler = handlers.get(this);
        if (!isObject) {
          handler?.deactivate();
          handlers.delete(this);
        } else if (handler === undefined) {
          handlers.set(this, new Handler(this, type, value));
        } else {
          handler.value = value;
        }
      },
    });
  }
}
