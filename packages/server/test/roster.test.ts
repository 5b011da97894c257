import fc from "fast-check";
import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { Roster } from "../src/roster.ts";

interface Member {
  readonly name: string;
}
const member = (name: string): Member => ({ name });
const names = (members: Iterable<Member>): string[] => [...members].map(({ name }) => name);

describe("roster", () => {
  it("is what a Set is, whatever comes and goes", () => {
    const anyStep = fc.oneof({ weight: 3, arbitrary: fc.constant("add") }, fc.nat({ max: 200 }));
    fc.assert(
      fc.property(fc.array(anyStep, { maxLength: 400 }), (steps) => {
        const roster = new Roster<Member>();
        const set = new Set<Member>();
        const all: Member[] = [];
        for (const [i, step] of steps.entries()) {
          if (typeof step === "string") {
            const one = member(String(i));
            all.push(one);
            roster.add(one);
            set.add(one);
          } else if (all.length > 0) {
            const one = all[step % all.length]!;
            expect(roster.has(one)).toBe(set.has(one));
            expect(roster.delete(one)).toBe(set.delete(one));
          }
          expect(roster.size).toBe(set.size);
          expect(roster.first).toBe([...set][0]);
        }
        expect([...roster]).toEqual([...set]);
      }),
    );
  });

  it("can be walked through while members come and go, as a Set can", () => {
    const change = fc.record({
      after: fc.nat({ max: 150 }),
      drops: fc.array(fc.nat({ max: 150 })),
      adds: fc.nat({ max: 5 }),
    });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 120 }), fc.array(change, { maxLength: 8 }), (count, changes) => {
        const all = Array.from({ length: count }, (_, i) => member(String(i)));
        const roster = new Roster<Member>();
        for (const one of all) roster.add(one);
        const walk = (
          members: { delete(one: Member): boolean; add(one: Member): unknown } & Iterable<Member>,
        ): string[] => {
          const seen: string[] = [];
          for (const { name } of members) {
            for (const { after, drops, adds } of changes) {
              if (after !== seen.length) continue;
              for (const drop of drops) if (drop < count) members.delete(all[drop]!);
              for (let i = 0; i < adds; i++) members.add(member(`${after} ${i}`));
            }
            seen.push(name);
            if (seen.length > 2000) throw new Error("It does not end");
          }
          return seen;
        };
        const expected = walk(new Set(all));
        expect(walk(roster)).toEqual(expected);
      }),
    );
  });

  it("has the members of one that came again, at its end", () => {
    const roster = new Roster<Member>();
    const [a, b] = [member("a"), member("b")];
    for (const one of [a, b]) roster.add(one);
    roster.delete(a);
    roster.add(a);
    expect(names(roster)).toEqual(["b", "a"]);
  });

  it("is read as a Set is", () => {
    const roster = new Roster<Member>();
    const [a, b, other] = [member("a"), member("b"), member("other")];
    for (const one of [a, b]) roster.add(one);
    expect(names(roster.values())).toEqual(["a", "b"]);
    expect(names(roster.keys())).toEqual(["a", "b"]);
    expect([...roster.entries()]).toEqual([
      [a, a],
      [b, b],
    ]);
    const seen: unknown[] = [];
    const self = {};
    roster.forEach(function (this: unknown, ...args) {
      seen.push([this, ...args]);
    }, self);
    expect(seen).toEqual([
      [self, a, a, roster],
      [self, b, b, roster],
    ]);
    expect([roster.has(other), roster.delete(other), roster.has(undefined as never)]).toEqual([
      false,
      false,
      false,
    ]);
    // Whatever iterators can do in this version of Node.
    const prototype = (of: object): object => Object.getPrototypeOf(of) as object;
    expect(prototype(prototype(roster.values()))).toBe(prototype(prototype([].values())));
  });

  it("is shown as a Set is, and read to its end only once", () => {
    const roster = new Roster<Member>();
    roster.add(member("a"));
    expect(Object.prototype.toString.call(roster)).toBe("[object Set]");
    expect(inspect(roster)).toContain("Set(1)");
    const values = roster.values();
    expect([...values]).toHaveLength(1);
    roster.add(member("b"));
    expect(values.next().done).toBe(true);
  });

  it("can be compared with others wherever a Set can", () => {
    const roster = new Roster<Member>();
    const [a, b] = [member("a"), member("b")];
    for (const one of [a, b]) roster.add(one);
    type Comparable = { union?(other: unknown): Set<Member>; isSubsetOf?(other: unknown): boolean };
    // The types are those of Node 20, which has none of it.
    const comparable = roster as unknown as Comparable;
    expect(typeof comparable.union).toBe(typeof (Set.prototype as Comparable).union);
    if (comparable.union === undefined) return;
    expect(names(comparable.union(new Set([member("c")])))).toEqual(["a", "b", "c"]);
    expect(comparable.isSubsetOf!(new Set([a, b, member("d")]))).toBe(true);
  });

  it("holds nobody who has gone", () => {
    const roster = new Roster<Member>();
    const all = Array.from({ length: 1000 }, (_, i) => member(String(i)));
    for (const one of all) roster.add(one);
    for (const one of all.slice(0, 999)) roster.delete(one);
    expect(names(roster)).toEqual(["999"]);
    // Its places are few again, whoever was last.
    for (let i = 0; i < 10_000; i++) {
      roster.add(all[0]!);
      roster.delete(all[0]!);
    }
    expect(roster.first).toBe(all[999]);
    expect(roster.size).toBe(1);
  });
});
