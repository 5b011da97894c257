// What one client has said and is not done with: its questions until they are answered, by their ids, and its events until they
// are handled. Bounded, all of them together.
import type { AnyMessage } from "./peer-host.ts";

export class InFlight {
  readonly #max: number;
  readonly #asked = new Map<number, AnyMessage>();
  #events = 0;

  constructor(max: number) {
    this.#max = max;
  }

  get isFull(): boolean {
    return this.#asked.size + this.#events >= this.#max;
  }

  /** Whether a question has that id. */
  isInUse(id: number): boolean {
    return this.#asked.has(id);
  }

  begin(message: AnyMessage): void {
    if (message.type === "event") this.#events++;
    else this.#asked.set(message.id, message);
  }

  /** The client may ask the next one as soon as it has the answer. */
  answer(id: number): void {
    this.#asked.delete(id);
  }

  isUnanswered(message: AnyMessage): boolean {
    // Its id may be another question's by now.
    return message.type !== "event" && this.#asked.get(message.id) === message;
  }

  end(message: AnyMessage): void {
    if (message.type === "event") this.#events--;
    else if (this.isUnanswered(message)) this.#asked.delete(message.id);
  }
}
