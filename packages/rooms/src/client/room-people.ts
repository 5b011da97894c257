// Who is in one room, as far as a client was told: by name up to what the server tells, the others by their number.
import type { RoomChange } from "./room-change.ts";

export class RoomPeople<Presence> {
  #known: Map<string, Presence> = new Map();
  #total = 0;

  get known(): ReadonlyMap<string, Presence> {
    return this.#known;
  }

  /** Those who are not known by name too. */
  get total(): number {
    return this.#total;
  }

  /** @param total how many there are, in the server's words */
  replace(known: Map<string, Presence>, total: number): RoomChange<Presence> {
    this.#known = known;
    this.#total = Math.max(total, known.size);
    return { type: "people", people: known, total: this.#total };
  }

  /** Somebody is there, or says something else. */
  set(change: "enter" | "update", person: string, data: Presence): RoomChange<Presence> {
    const isNew = !this.#known.has(person);
    // One of whom only the number was known may say something.
    if (isNew && (change === "enter" || this.#total === this.#known.size)) this.#total++;
    this.#known.set(person, data);
    return { type: "presence", change: isNew ? "enter" : "update", person, data };
  }

  /** @returns nothing for somebody who was not known */
  delete(person: string): RoomChange<Presence> | undefined {
    const wasKnown = this.#known.delete(person);
    // Of those that are only counted nobody knows who it was.
    if (wasKnown || this.#total > this.#known.size) this.#total--;
    return wasKnown ? { type: "presence", change: "exit", person } : undefined;
  }
}
