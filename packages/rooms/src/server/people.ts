// Who is in one room, on all nodes: each person once, however many connections and nodes they are on. Fed with announcements,
// which may be lost, and with what the engine knows, which is the truth and may be old when it arrives.

/** What changed for those who want to know. */
export interface PeopleChange {
  readonly change: "enter" | "update" | "exit";
  readonly person: string;
  readonly data?: unknown;
}

/** One person on one node. */
export interface PersonRecord {
  readonly node: string;
  readonly person: string;
  readonly data: unknown;
}

interface Here {
  readonly data: unknown;
  /** The data as it was encoded, to see whether it is another. */
  readonly key: string;
  /** When it was heard, by a count of our own. */
  readonly heardAt: number;
  /** The engine did not know of it when it was last compared: it may be about to be told anew, after an outage. */
  isMissing: boolean;
}

export class People {
  /** Person → node → what is known; the newest one last. */
  readonly #people = new Map<string, Map<string, Here>>();
  /** Person → node → when they were last heard to leave. Only while a comparison is under way. */
  readonly #left = new Map<string, number>();
  #comparisons = 0;
  #clock = 0;

  get size(): number {
    return this.#people.size;
  }

  /** The first so many of them. */
  list(max: number): { readonly person: string; readonly data: unknown }[] {
    const list: { readonly person: string; readonly data: unknown }[] = [];
    for (const [person, nodes] of this.#people) {
      if (list.length >= max) break;
      list.push({ person, data: newest(nodes)?.data });
    }
    return list;
  }

  /** Somebody is there, or says something else of themselves. */
  enter({ node, person, data }: PersonRecord): PeopleChange | undefined {
    const before = this.#people.get(person);
    const shown = before === undefined ? undefined : newest(before);
    const nodes = before ?? new Map<string, Here>();
    const key = keyOf(data);
    // Last: the newest is what is told.
    nodes.delete(node);
    nodes.set(node, { data, key, heardAt: ++this.#clock, isMissing: false });
    this.#people.set(person, nodes);
    if (shown === undefined) return { change: "enter", person, data };
    return shown.key === key ? undefined : { change: "update", person, data };
  }

  /** Somebody is not on that node any more. */
  exit(node: string, person: string): PeopleChange | undefined {
    const nodes = this.#people.get(person);
    if (this.#comparisons > 0) this.#left.set(`${node} ${person}`, ++this.#clock);
    const shown = nodes === undefined ? undefined : newest(nodes);
    if (nodes === undefined || !nodes.delete(node)) return undefined;
    const next = newest(nodes);
    if (next === undefined) {
      this.#people.delete(person);
      return { change: "exit", person };
    }
    return next.key === shown?.key ? undefined : { change: "update", person, data: next.data };
  }

  /**
   * Begins a comparison with what the engine knows: what is heard from now on is newer than what it will answer. Who is missing
   * in it is gone when they are missing in the next one too.
   *
   * @returns what takes the answer, or `undefined` where there is none
   */
  compare(): (records: readonly PersonRecord[] | undefined) => PeopleChange[] {
    const since = this.#clock;
    this.#comparisons++;
    return (records) => {
      this.#comparisons--;
      if (records === undefined) return [];
      const changes: (PeopleChange | undefined)[] = [];
      const there = new Set(records.map(({ node, person }) => `${node} ${person}`));
      for (const record of records) {
        const { node, person } = record;
        const hasLeftSince = (this.#left.get(`${node} ${person}`) ?? 0) > since;
        const here = this.#people.get(person)?.get(node);
        const isKnown = here !== undefined && (here.heardAt > since || here.key === keyOf(record.data));
        if (here !== undefined) here.isMissing = false;
        if (!hasLeftSince && !isKnown) changes.push(this.enter(record));
      }
      for (const [person, nodes] of [...this.#people]) {
        for (const [node, here] of [...nodes]) {
          if (here.heardAt > since || there.has(`${node} ${person}`)) continue;
          if (here.isMissing) changes.push(this.exit(node, person));
          else here.isMissing = true;
        }
      }
      if (this.#comparisons === 0) this.#left.clear();
      return changes.filter((change) => change !== undefined);
    };
  }

  clear(): void {
    this.#people.clear();
    this.#left.clear();
  }
}

function newest(nodes: ReadonlyMap<string, Here>): Here | undefined {
  let last: Here | undefined;
  for (const here of nodes.values()) last = here;
  return last;
}

/** Binary values count by their bytes. */
function keyOf(data: unknown): string {
  return (
    JSON.stringify(data, (_key, value: unknown) => (value instanceof Uint8Array ? [...value] : value)) ?? ""
  );
}
