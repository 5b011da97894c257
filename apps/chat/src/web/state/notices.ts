// What the person is told for some seconds, and what a screen reader says.
import { type ReadonlySignal, type Signal, signal } from "@preact/signals";

export interface Notice {
  readonly text: string;
  readonly tone: "good" | "bad";
}

const LASTS_MS = 8000;

export class Notices {
  readonly #current: Signal<Notice | undefined> = signal<Notice | undefined>(undefined);
  readonly #announcement: Signal<string> = signal("");
  #timer: ReturnType<typeof setTimeout> | undefined;

  get current(): ReadonlySignal<Notice | undefined> {
    return this.#current;
  }

  get announcement(): ReadonlySignal<string> {
    return this.#announcement;
  }

  show(text: string, tone: Notice["tone"]): void {
    clearTimeout(this.#timer);
    this.#current.value = { text, tone };
    this.announce(text);
    this.#timer = setTimeout(() => this.dismiss(), LASTS_MS);
  }

  dismiss(): void {
    clearTimeout(this.#timer);
    this.#current.value = undefined;
  }

  /** Said by a screen reader only. */
  announce(text: string): void {
    // The same text twice would be said once.
    this.#announcement.value = this.#announcement.value === text ? `${text}\u00a0` : text;
  }
}
