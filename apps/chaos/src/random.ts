// All that is random in a run, out of one seed: streams of numbers by name, so that one more draw here changes nothing there.
import { createHash } from "node:crypto";

export class Random {
  readonly #seed: string;
  #state: number;

  constructor(seed: string) {
    this.#seed = seed;
    this.#state = createHash("sha256").update(seed).digest().readUInt32LE();
  }

  /** Another stream, the same for the same name. */
  stream(name: string): Random {
    return new Random(`${this.#seed}/${name}`);
  }

  /** A number from 0 up to and not including 1. */
  next(): number {
    // A Weyl sequence through the finalizer of MurmurHash3.
    this.#state = (this.#state + 0x9e3779b9) | 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
    mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
    return ((mixed ^ (mixed >>> 16)) >>> 0) / 2 ** 32;
  }

  /** A whole number from 0 up to and not including `count`. */
  below(count: number): number {
    return Math.floor(this.next() * count);
  }

  within([from, to]: Span): number {
    return from + this.next() * (to - from);
  }

  pick<Item>(items: readonly Item[]): Item | undefined {
    return items[this.below(items.length)];
  }
}

/** From, to. */
export type Span = readonly [number, number];
