// How often each value of a label occurred.
import type { Sample } from "./metric.ts";

export class Tally {
  readonly #counts = new Map<string, number>();

  add(value: string): void {
    this.#counts.set(value, (this.#counts.get(value) ?? 0) + 1);
  }

  samples(role: string, label: string): Sample[] {
    return Array.from(this.#counts, ([value, count]) => ({ labels: { role, [label]: value }, value: count }));
  }
}
