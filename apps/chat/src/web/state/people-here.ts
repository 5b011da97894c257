// Who is in a room, and who of them is away: sorted for people, from what rooms know.
import { type ReadonlySignal, type Signal, signal } from "@preact/signals";
import { type Person, readPerson } from "../../shared/person.ts";

export interface PersonHere extends Person {
  readonly isAway: boolean;
}

type Presence = { readonly isAway: boolean };

export class PeopleHere {
  readonly #list: Signal<readonly PersonHere[]> = signal<readonly PersonHere[]>([]);
  readonly #total: Signal<number> = signal(0);

  /** Those who are here first, then those who are away; by name. */
  get list(): ReadonlySignal<readonly PersonHere[]> {
    return this.#list;
  }

  /** Those who are not told by name too. */
  get total(): ReadonlySignal<number> {
    return this.#total;
  }

  update(known: ReadonlyMap<string, Presence>, total: number): void {
    const people: PersonHere[] = [];
    for (const [id, { isAway }] of known) {
      const person = readPerson(id);
      if (person !== undefined) people.push({ ...person, isAway });
    }
    people.sort((a, b) => Number(a.isAway) - Number(b.isAway) || a.name.localeCompare(b.name));
    this.#list.value = people;
    this.#total.value = Math.max(total, people.length);
  }
}
