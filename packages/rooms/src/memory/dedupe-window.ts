// Which ids a room has seen lately, and where: those that were first seen longest ago are forgotten first. Knows what they cost.

/** What an id costs besides its characters, about, in bytes. */
const ID_BYTES = 100;

interface Seen {
  readonly seq: number;
  readonly time: number;
}

export class DedupeWindow {
  readonly #windowMs: number;
  /** In the order in which they were seen: a Map keeps it. */
  readonly #seen = new Map<string, Seen>();
  #bytes = 0;

  constructor(windowMs: number) {
    this.#windowMs = windowMs;
  }

  get size(): number {
    return this.#seen.size;
  }

  /** Of memory, about. */
  get bytes(): number {
    return this.#bytes;
  }

  /** The `seq` that this id was given. */
  find(id: string, now: number): number | undefined {
    this.forget(now);
    return this.#seen.get(id)?.seq;
  }

  add(id: string, seq: number, time: number): void {
    this.#seen.set(id, { seq, time });
    this.#bytes += ID_BYTES + id.length;
  }

  /** Those that need not be known any more. */
  forget(now: number): void {
    for (const [id, { time }] of this.#seen) {
      if (now - time <= this.#windowMs) return;
      this.#drop(id);
    }
  }

  forgetOldest(): void {
    for (const id of this.#seen.keys()) return this.#drop(id);
  }

  #drop(id: string): void {
    this.#seen.delete(id);
    this.#bytes -= ID_BYTES + id.length;
  }
}
