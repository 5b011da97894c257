// A set of those who come and go as long as the process lives, in the order in which they came. A Set does the same, but V8
// makes a new table for every few that went, and lets the old one point to the new one. Once a table is old enough to be
// collected with all of the heap only, it keeps alive every one that followed, and so all that ever were in the set: they
// are copied out of the young generation, which took a tenth of the time of a server whose connections are short.
import { inspect } from "node:util";

/** What a member has in the one roster that it is in: each gets the next. */
const NUMBER: unique symbol = Symbol("number in roster");
type Numbered = { [NUMBER]?: number | undefined };

/** So few places need not be cleared of those that are empty. */
const FEW = 32;

/** A place: who has it, or the number of who had. */
type Place<Member> = Member | number;

export class Roster<Member extends object> implements ReadonlySet<Member> {
  /** By number. */
  #places: Place<Member>[] = [];
  /** Before it nobody is left. */
  #start = 0;
  #size = 0;
  #next = 0;

  get size(): number {
    return this.#size;
  }

  get [Symbol.toStringTag](): string {
    return "Set";
  }

  /** The one that has been in it for longest. */
  get first(): Member | undefined {
    return this.#places[this.#start] as Member | undefined;
  }

  /** @param member is in no roster */
  add(member: Member): void {
    (member as Numbered)[NUMBER] = this.#next++;
    this.#places.push(member);
    this.#size++;
  }

  has(member: Member): boolean {
    return this.#placeOf(member) !== -1;
  }

  /** @returns whether it was in it */
  delete(member: Member): boolean {
    const at = this.#placeOf(member);
    if (at === -1) return false;
    this.#places[at] = numberOf(member);
    (member as Numbered)[NUMBER] = undefined;
    this.#size--;
    while (typeof this.#places[this.#start] === "number") this.#start++;
    if (this.#places.length > FEW && this.#places.length > 2 * this.#size) this.#clear();
    return true;
  }

  /** As of a Set: whoever goes before its turn is left out, and who comes meanwhile is not. */
  [Symbol.iterator](): SetIterator<Member> {
    return this.values();
  }

  keys(): SetIterator<Member> {
    return this.values();
  }

  values(): SetIterator<Member> {
    let places = this.#places;
    let at = this.#start;
    let last = -1;
    return iteratorOf(() => {
      if (places !== this.#places) {
        places = this.#places;
        at = this.#firstBehind(last);
      }
      while (typeof places[at] === "number") at++;
      const member = places[at] as Member | undefined;
      if (member === undefined) return undefined;
      at++;
      last = numberOf(member);
      return member;
    });
  }

  entries(): SetIterator<[Member, Member]> {
    const values = this.values();
    return iteratorOf(() => {
      const { done, value } = values.next();
      return done === true ? undefined : [value, value];
    });
  }

  forEach(callback: (member: Member, again: Member, roster: this) => void, thisArg?: unknown): void {
    for (const member of this) callback.call(thisArg, member, member, this);
  }

  /** -1 where it is in none. */
  #placeOf(member: Member): number {
    const number = (member as Numbered | undefined)?.[NUMBER];
    if (number === undefined) return -1;
    const at = this.#firstBehind(number - 1);
    return this.#places[at] === member ? at : -1;
  }

  /** Which place is the first with a higher number. */
  #firstBehind(number: number): number {
    let low = this.#start;
    let high = this.#places.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (numberOf(this.#places[middle]!) > number) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  /** Drops the places of those who have gone. The old ones stay as they are, for those who are on their way through them. */
  #clear(): void {
    this.#places = this.#places.filter((place) => typeof place !== "number");
    this.#start = 0;
  }
}

function numberOf(place: Place<object>): number {
  return typeof place === "number" ? place : (place as Numbered)[NUMBER]!;
}

/** All iterators have it: in newer versions of Node `map`, `filter` and the like come with it. */
const IteratorPrototype = Object.getPrototypeOf(Object.getPrototypeOf([].values())) as object;

class Steps<Item> {
  /** Until the end. */
  #step: (() => Item | undefined) | undefined;

  constructor(step: () => Item | undefined) {
    this.#step = step;
  }

  next(): IteratorResult<Item, undefined> {
    const value = this.#step?.();
    if (value !== undefined) return { done: false, value };
    this.#step = undefined;
    return { done: true, value: undefined };
  }

  static {
    Object.setPrototypeOf(this.prototype, IteratorPrototype);
  }
}

/** @param step makes the next item, until it is `undefined` */
function iteratorOf<Item>(step: () => Item | undefined): SetIterator<Item> {
  // What makes it one is its prototype, which types do not see.
  return new Steps(step) as Iterator<Item, undefined> as SetIterator<Item>;
}

// What `console.log` shows.
Object.defineProperty(Roster.prototype, inspect.custom, {
  value(this: Roster<object>) {
    return new Set(this);
  },
});

// What newer versions of Node can ask of two sets.
type Comparison = (other: unknown) => unknown;
for (const [name, { value }] of Object.entries(Object.getOwnPropertyDescriptors(Set.prototype))) {
  if (name in Roster.prototype || typeof value !== "function" || value.length !== 1) continue;
  Object.defineProperty(Roster.prototype, name, {
    value(this: Roster<object>, other: unknown) {
      return (value as Comparison).call(new Set(this), other);
    },
    writable: true,
    configurable: true,
  });
}
