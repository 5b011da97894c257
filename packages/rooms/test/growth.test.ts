// Membership costs the same however much of it there is: counted in operations on maps and sets, not by the clock.
import { expect, it } from "vitest";
import { Rooms } from "@ws/rooms";
import { Listener } from "./members.ts";

/** How often the action asks, changes or walks over an element of a map or a set. */
function operations(action: () => void): number {
  let count = 0;
  const restore: (() => void)[] = [];
  const wrap = (owner: object, name: PropertyKey, costOf: (self: { size: number }) => number): void => {
    const descriptor = Object.getOwnPropertyDescriptor(owner, name)!;
    const original = descriptor.value as (...args: unknown[]) => unknown;
    Object.defineProperty(owner, name, {
      ...descriptor,
      value(this: { size: number }, ...args: unknown[]) {
        count += costOf(this);
        return original.apply(this, args);
      },
    });
    restore.push(() => Object.defineProperty(owner, name, descriptor));
  };
  for (const name of ["get", "set", "has", "delete"]) wrap(Map.prototype, name, () => 1);
  for (const name of ["add", "has", "delete"]) wrap(Set.prototype, name, () => 1);
  for (const owner of [Map.prototype, Set.prototype]) {
    for (const name of [Symbol.iterator, "keys", "values", "forEach"]) {
      if (Object.hasOwn(owner, name)) wrap(owner, name, ({ size }) => size);
    }
  }
  try {
    action();
  } finally {
    for (const each of restore) each();
  }
  return count;
}

function populate(rooms: Rooms<Listener>, members: readonly Listener[], roomCount: number): void {
  for (const member of members) for (let i = 0; i < roomCount; i++) rooms.join(`room ${i}`, member);
}

const listeners = (count: number): Listener[] => Array.from({ length: count }, () => new Listener());

it("rooms › growth › a membership costs as many operations among 160,000 as among 400", () => {
  const costs = [20, 400].map((size) => {
    const rooms = new Rooms<Listener>();
    const members = listeners(size);
    const joining = operations(() => populate(rooms, members, size));
    const leaving = operations(() => members.forEach((member) => rooms.leaveAll(member)));
    return { joining: joining / size ** 2, leaving: leaving / size ** 2 };
  });
  const [few, many] = costs;
  expect(many!.joining).toBeLessThanOrEqual(few!.joining);
  expect(many!.leaving).toBeLessThanOrEqual(few!.leaving);
  expect(many!.joining).toBeLessThan(10);
  expect(many!.leaving).toBeLessThan(10);
});

it("rooms › growth › a broadcast asks about nobody but the members of its room", () => {
  const rooms = new Rooms<Listener>();
  const [many, few] = [listeners(1000), listeners(10)];
  populate(rooms, many, 100);
  for (const member of few) rooms.join("few", member);
  rooms.broadcast("few", "once, to have the list of its members");
  const cost = operations(() => expect(rooms.broadcast("few", "x")).toBe(10));
  expect(cost).toBeLessThan(10);
});

it("rooms › growth › 1,000 members in 1,000 rooms: each is asked once for its end, and leaves nothing behind", () => {
  let left = 0;
  const rooms = new Rooms<Listener>({ onLeave: () => void left++ });
  const members = listeners(1000);
  populate(rooms, members, 1000);
  expect([rooms.roomCount, rooms.memberCount, rooms.size("room 999")]).toEqual([1000, 1000, 1000]);
  expect(rooms.broadcast("room 500", "x")).toBe(1000);
  for (const member of members) {
    expect(member.listenerCount("close")).toBe(1);
    member.emit("close");
  }
  expect(left).toBe(1_000_000);
  expect([rooms.roomCount, rooms.memberCount]).toEqual([0, 0]);
});
