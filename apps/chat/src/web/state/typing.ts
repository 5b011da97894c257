// Who is writing right now. Nobody is trusted to say that they stopped: each sign of life lasts a few seconds.
import { type ReadonlySignal, signal } from "@preact/signals";

const LASTS_MS = 6000;
const REPEAT_MS = 3000;

export class TypingPeople {
  readonly #people = signal<ReadonlySet<string>>(new Set());
  readonly #timers = new Map<string, ReturnType<typeof setTimeout>>();

  /** Ids of the people who are writing. */
  get people(): ReadonlySignal<ReadonlySet<string>> {
    return this.#people;
  }

  set(personId: string, isTyping: boolean): void {
    clearTimeout(this.#timers.get(personId));
    this.#timers.delete(personId);
    if (isTyping) {
      this.#timers.set(
        personId,
        setTimeout(() => this.set(personId, false), LASTS_MS),
      );
    }
    if (this.#people.value.has(personId) !== isTyping) this.#people.value = new Set(this.#timers.keys());
  }

  clear(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
    this.#people.value = new Set();
  }
}

/** Says that we are writing, again and again while we are, and once when we stop. */
export class TypingNotifier {
  readonly #tell: (isTyping: boolean) => void;
  #toldAt: number | undefined;

  constructor(tell: (isTyping: boolean) => void) {
    this.#tell = tell;
  }

  update(isTyping: boolean): void {
    if (isTyping && (this.#toldAt === undefined || Date.now() - this.#toldAt > REPEAT_MS)) {
      this.#toldAt = Date.now();
      this.#tell(true);
    } else if (!isTyping && this.#toldAt !== undefined) {
      this.#toldAt = undefined;
      this.#tell(false);
    }
  }

  /** A sent message says by itself that its writing has ended. */
  reset(): void {
    this.#toldAt = undefined;
  }
}
