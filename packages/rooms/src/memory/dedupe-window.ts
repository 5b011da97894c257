// Which ids a room has seen lately, and where: those that were first seen longest ago are forgotten first.

interface Seen {
  readonly seq: number;
  readonly time: number;
}

export class DedupeWindow {
  readonly #windowMs: number;
  /** In the order in which they were seen: a Map keeps it. */
  readonly #seen = new Map<string, Seen>();

  constructor(windowMs: number) {
    this.#windowMs = windowMs;
  }

  get size(): number {
    return this.#seen.size;
  }

  /** The `seq` that this id was given. */
  find(id: string, now: number): number | undefined {
    this.#forget(now);
    return this.#seen.get(id)?.seq;
  }

  add(id: string, seq: number, time: number): void {
    this.#seen.set(id, { seq, time });
  }

  #forget(now: number): void {
    for (const [id, { time }] of this.#seen) {
      if (now - time <= this.#windowMs) return;
      this.#seen.delete(id);
    }
  }
}
