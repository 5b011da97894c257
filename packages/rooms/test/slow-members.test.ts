import { describe, expect, it, vi } from "vitest";
import { type Message, PreparedMessage } from "@ws/connection";
import { Rooms, type RoomsOptions, type SlowEvent, type SlowPolicy } from "@ws/rooms";
import { Listener, SlowListener } from "./members.ts";

/** A room with a slow member, which has taken one message, "0", and waits for its drain. */
function setUp(slowPolicy?: SlowPolicy, options: RoomsOptions<Listener> = {}) {
  const events: string[] = [];
  const onSlow = (event: SlowEvent<Listener>): void => {
    const room = "room" in event ? ` ${event.room}` : "";
    const more =
      "data" in event ? ` ${String(event.data)}` : event.type === "closed" ? ` ${event.waiting}` : "";
    events.push(event.type + room + more);
  };
  const rooms = new Rooms<Listener>({ ...(slowPolicy !== undefined && { slowPolicy }), onSlow, ...options });
  const member = new SlowListener();
  rooms.join("a", member);
  rooms.broadcast("a", "0");
  return { rooms, member, events };
}

const NONE = { slow: 0, waiting: 0, waitingBytes: 0, dropped: 0, conflated: 0, closed: 0 };

describe("slow members › any policy", () => {
  it("a member is slow from a send that was false to its drain, and nothing is kept about it then", () => {
    const { rooms, member, events } = setUp();
    expect(rooms.getSlowStatsOf(member)).toEqual({ ...NONE, slow: 1 });
    expect(rooms.getSlowStats("a")).toEqual({ ...NONE, slow: 1 });
    member.drain();
    expect(rooms.getSlowStatsOf(member)).toEqual(NONE);
    expect(rooms.getSlowStats()).toEqual(NONE);
    expect(events).toEqual(["slow a", "drained"]);
    expect(member.listenerCount("drain")).toBe(0);
    expect(rooms.broadcast("a", "1")).toBe(1);
    expect(member.received).toEqual(["0", "1"]);
  });

  it("a member that says nothing, or has no drain, is never slow", () => {
    const rooms = new Rooms<{ send(): unknown; on(): unknown }>({ slowPolicy: "close" });
    const deaf = { send: vi.fn(() => false), on: () => undefined };
    const silent = { send: vi.fn(() => undefined), on: () => undefined, once: () => undefined };
    rooms.join("a", deaf);
    rooms.join("a", silent);
    for (let i = 0; i < 3; i++) expect(rooms.broadcast("a", "x")).toBe(2);
    expect(deaf.send).toHaveBeenCalledTimes(3);
    expect(silent.send).toHaveBeenCalledTimes(3);
    expect(rooms.getSlowStats().slow).toBe(0);
  });

  it("send puts a message behind those that wait; only for members of the room", () => {
    const { rooms, member } = setUp();
    rooms.broadcast("a", "1");
    expect(rooms.send("a", member, "2")).toBe(true);
    expect(rooms.send("b", member, "3")).toBe(false);
    expect(rooms.send("a", new Listener(), "3")).toBe(false);
    member.drain();
    expect(member.received).toEqual(["0", "1", "2"]);
  });

  it("messages of several rooms arrive in the order in which they were sent", () => {
    const { rooms, member } = setUp();
    rooms.join("b", member);
    rooms.broadcast("a", "1");
    rooms.broadcast("b", "2");
    rooms.broadcast("a", "3");
    rooms.broadcast("b", "4");
    member.drain(2);
    expect(member.received).toEqual(["0", "1", "2"]);
    expect(rooms.getSlowStats("a")).toMatchObject({ slow: 1, waiting: 1 });
    rooms.broadcast("a", "5");
    member.drain();
    expect(member.received).toEqual(["0", "1", "2", "3", "4", "5"]);
    expect(rooms.getSlowStats("b")).toEqual(NONE);
  });

  it("a slow member that leaves still gets what was sent before", () => {
    const { rooms, member } = setUp();
    rooms.broadcast("a", "1");
    rooms.leave("a", member);
    expect(rooms.broadcast("a", "2")).toBe(0);
    member.drain();
    expect(member.received).toEqual(["0", "1"]);
  });

  it("a slow member that ends is forgotten with all that waited", () => {
    const { rooms, member, events } = setUp();
    rooms.broadcast("a", "1");
    member.end();
    expect(rooms.getSlowStats()).toEqual(NONE);
    member.drain();
    expect(member.received).toEqual(["0"]);
    expect(events).toEqual(["slow a"]);
  });

  it("nothing waits for a member that is closing (its drain never comes)", () => {
    const { rooms, member } = setUp();
    rooms.broadcast("a", "1");
    member.state = "closing";
    expect(rooms.broadcast("a", "2")).toBe(0);
    expect(rooms.getSlowStats()).toEqual({ ...NONE, slow: 1 });
    member.end();
    expect(rooms.getSlowStats()).toEqual(NONE);
    const other = new SlowListener();
    other.state = "closing";
    rooms.join("a", other);
    rooms.broadcast("a", "3");
    expect(rooms.getSlowStats()).toEqual(NONE);
  });

  it("nothing waits for a member that is closing when its drain comes", () => {
    const { rooms, member } = setUp();
    for (const text of ["1", "2", "3"]) rooms.broadcast("a", text);
    member.state = "closing";
    member.drain(1);
    expect(member.received).toEqual(["0", "1"]);
    expect(rooms.getSlowStats()).toEqual({ ...NONE, slow: 1 });
    member.drain();
    expect(member.received).toEqual(["0", "1"]);
  });

  it("a member that becomes slow twice at once, by what its send sends, is slow once", () => {
    const rooms = new Rooms<Listener>();
    const member = new (class extends SlowListener {
      override send(data: string): boolean {
        if (data === "outer") rooms.broadcast("a", "inner");
        return super.send(data);
      }
    })();
    rooms.join("a", member);
    rooms.broadcast("a", "outer");
    expect(rooms.getSlowStats()).toEqual({ ...NONE, slow: 1 });
    rooms.broadcast("a", "next");
    member.drain();
    expect(rooms.getSlowStats()).toEqual(NONE);
    expect(member.received).toEqual(["inner", "outer", "next"]);
  });

  it("the same encoded message waits for all that are slow", () => {
    const rooms = new Rooms<Listener>();
    const prepare = vi.fn((data: Message) => new PreparedMessage(data));
    const members = [1, 2].map(() => Object.assign(new SlowListener(), { prepare }));
    for (const member of members) rooms.join("a", member);
    for (const text of ["0", "1"]) rooms.broadcast("a", text);
    for (const member of members) member.drain();
    expect(prepare).toHaveBeenCalledTimes(2);
    expect(members[0]!.received).toHaveLength(2);
    expect(members[1]!.received[1]).toBe(members[0]!.received[1]);
  });

  it("a listener that throws keeps the message from nobody", async () => {
    const thrown = new Error("thrown by onSlow");
    const uncaught = vi.fn();
    const others = process.listeners("uncaughtException");
    process.removeAllListeners("uncaughtException");
    process.on("uncaughtException", uncaught);
    try {
      const rooms = new Rooms<Listener>({
        onSlow: () => {
          throw thrown;
        },
      });
      const [slow, fast] = [new SlowListener(), new Listener()];
      rooms.join("a", slow);
      rooms.join("a", fast);
      expect(rooms.broadcast("a", "0")).toBe(2);
      await new Promise((resolve) => setImmediate(resolve));
      expect(fast.received).toEqual(["0"]);
      expect(uncaught.mock.calls[0]?.[0]).toBe(thrown);
    } finally {
      process.removeListener("uncaughtException", uncaught);
      for (const listener of others) process.on("uncaughtException", listener);
    }
  });

  it("a room may have a policy of its own; a message for several goes by the first one named", () => {
    const { rooms, member } = setUp(undefined, {
      slowPolicy: (room) => ({
        policy: room === "b" ? "drop-newest" : "wait",
        maxMessages: room === "b" ? 0 : 9,
      }),
    });
    rooms.join("b", member);
    expect(rooms.broadcast("b", "1")).toBe(0);
    expect(rooms.broadcastTo(["none", "b", "a"], "2")).toBe(0);
    expect(rooms.broadcastTo(["a", "b"], "3")).toBe(1);
    expect(rooms.broadcastAll("4")).toBe(1);
    member.drain();
    expect(member.received).toEqual(["0", "3", "4"]);
  });

  it.each([
    [{ policy: "wat" }, TypeError, "Cannot set a policy of wat: it is one of wait, drop-newest"],
    [{ policy: "wait", maxMessages: -1 }, RangeError, "Cannot set maxMessages to -1"],
    [{ policy: "wait", maxBytes: "1" }, TypeError, "Cannot set maxBytes to a value of type string"],
  ])("refuses %j, for all rooms or one", (policy, type, message) => {
    const slowPolicy = policy as SlowPolicy;
    expect(() => new Rooms({ slowPolicy })).toThrow(type);
    const rooms = new Rooms<Listener>({ slowPolicy: () => slowPolicy });
    expect(() => rooms.join("a", new Listener())).toThrow(message);
    expect(rooms.roomCount + rooms.memberCount).toBe(0);
  });
});

describe("slow members › wait", () => {
  it.each([
    ["messages", { policy: "wait", maxMessages: 2 }],
    ["bytes", { policy: "wait", maxBytes: 2 }],
  ] as const)("closes a member with 1013 for which more %s would wait", (_title, policy) => {
    const { rooms, member, events } = setUp(policy);
    expect([rooms.broadcast("a", "1"), rooms.broadcast("a", "2")]).toEqual([1, 1]);
    expect(rooms.getSlowStatsOf(member)).toMatchObject({ waiting: 2, waitingBytes: 2 });
    expect(rooms.broadcast("a", "3")).toBe(0);
    expect(member.closedWith).toBe(1013);
    expect(rooms.broadcast("a", "4")).toBe(0);
    member.drain();
    member.end();
    expect(member.received).toEqual(["0"]);
    expect(events).toEqual(["slow a", "closed a 2"]);
    expect(rooms.getSlowStats()).toEqual({ ...NONE, closed: 1 });
  });

  it("drops the message for a member that cannot be closed", () => {
    const { rooms, member, events } = setUp({ policy: "wait", maxMessages: 0 });
    Object.assign(member, { close: undefined });
    rooms.broadcast("a", "1");
    expect(events).toEqual(["slow a", "dropped a 1"]);
  });

  it("counts what waits in all rooms of a member, empty messages too (many rooms were many times the bound)", () => {
    const { rooms, member } = setUp("wait", { maxWaitingBytes: 10 * 128 });
    for (let i = 0; i < 20; i++) rooms.join(`room ${i}`, member);
    for (let i = 0; i < 10; i++) expect(rooms.broadcast(`room ${i}`, "")).toBe(1);
    expect(member.closedWith).toBeUndefined();
    expect(rooms.broadcast("room 10", "")).toBe(0);
    expect(member.closedWith).toBe(1013);
  });
});

describe("slow members › drop-newest", () => {
  it("lets so many wait and drops what comes then", () => {
    const { rooms, member, events } = setUp({ policy: "drop-newest", maxMessages: 2 });
    expect(["1", "2", "3", "4"].map((text) => rooms.broadcast("a", text))).toEqual([1, 1, 0, 0]);
    member.drain();
    expect(member.received).toEqual(["0", "1", "2"]);
    expect(events).toEqual(["slow a", "dropped a 3", "dropped a 4", "drained"]);
    expect(rooms.getSlowStats("a")).toEqual({ ...NONE, dropped: 2 });
  });
});

describe("slow members › drop-oldest", () => {
  it("drops the oldest of the room, and of no other", () => {
    const { rooms, member, events } = setUp({ policy: "drop-oldest", maxMessages: 2 });
    rooms.join("b", member);
    rooms.broadcast("b", "b");
    expect(["1", "2", "3", "4"].map((text) => rooms.broadcast("a", text))).toEqual([1, 1, 1, 1]);
    member.drain();
    expect(member.received).toEqual(["0", "b", "3", "4"]);
    expect(events).toEqual(["slow a", "dropped a 1", "dropped a 2", "drained"]);
    expect([rooms.getSlowStats("a").dropped, rooms.getSlowStats("b").dropped]).toEqual([2, 0]);
  });

  it("drops as many as a large one needs, and none for one that never fits", () => {
    const { rooms, member, events } = setUp({ policy: "drop-oldest", maxBytes: 3 });
    expect(["1", "2", "3", "4444", "55"].map((text) => rooms.broadcast("a", text))).toEqual([1, 1, 1, 0, 1]);
    member.drain();
    expect(member.received).toEqual(["0", "3", "55"]);
    expect(events).toEqual(["slow a", "dropped a 4444", "dropped a 1", "dropped a 2", "drained"]);
  });
});

describe("slow members › conflate", () => {
  it("keeps the newest of each key, in the place of the first", () => {
    const { rooms, member, events } = setUp("conflate");
    for (const [data, key] of [
      ["x1", "x"],
      ["y1", "y"],
      ["x2", "x"],
      ["no key"],
      ["x3", "x"],
      ["__proto__", "__proto__"],
    ] as const)
      expect(rooms.broadcast("a", data, { key })).toBe(1);
    expect(rooms.getSlowStats("a")).toEqual({ ...NONE, slow: 1, waiting: 4, waitingBytes: 19, conflated: 2 });
    member.drain();
    expect(member.received).toEqual(["0", "x3", "y1", "no key", "__proto__"]);
    expect(events).toEqual(["slow a", "conflated a x1", "conflated a x2", "drained"]);
  });

  it("knows keys by room, and forgets one that has been sent", () => {
    const { rooms, member } = setUp("conflate");
    rooms.join("b", member);
    for (const room of ["a", "b"]) rooms.broadcast(room, `${room}1`, { key: "k" });
    member.drain(1);
    for (const room of ["a", "b"]) rooms.broadcast(room, `${room}2`, { key: "k" });
    member.drain();
    expect(member.received).toEqual(["0", "a1", "b2", "a2"]);
  });

  it("drops the oldest where the keys are too many, or a newer message too large for the place", () => {
    const { rooms, member, events } = setUp({ policy: "conflate", maxMessages: 2, maxBytes: 6 });
    for (const key of ["x", "y", "z"]) rooms.broadcast("a", key, { key });
    rooms.broadcast("a", "zzzzzz", { key: "z" });
    member.drain();
    expect(member.received).toEqual(["0", "zzzzzz"]);
    expect(events).toEqual(["slow a", "dropped a x", "dropped a y", "conflated a z", "drained"]);
  });
});

describe("slow members › close", () => {
  it.each([
    ["messages", { policy: "close", maxMessages: 2 }],
    ["bytes", { policy: "close", maxBytes: 2 }],
  ] as const)("hands on, and closes the member for which that were too many %s", (_title, policy) => {
    const { rooms, member, events } = setUp(policy);
    expect(["1", "2"].map((text) => rooms.broadcast("a", text))).toEqual([1, 1]);
    expect(member.received).toEqual(["0", "1", "2"]);
    expect(rooms.broadcast("a", "3")).toBe(0);
    expect(member.closedWith).toBe(1013);
    expect(events).toEqual(["slow a", "closed a 0"]);
    expect(rooms.getSlowStats("a")).toMatchObject({ slow: 1, waiting: 0, closed: 1 });
  });

  it.each([
    ["messages", { policy: "close", maxMessages: 1 }],
    ["bytes", { policy: "close", maxBytes: 1 }],
  ] as const)("counts %s anew from each drain, also one that leaves it slow", (_title, policy) => {
    const slowPolicy = (room: string): SlowPolicy => (room === "a" ? policy : "wait");
    const { rooms, member } = setUp(undefined, { slowPolicy });
    rooms.join("b", member);
    for (let i = 0; i < 5; i++) rooms.broadcast("b", "b");
    for (let i = 0; i < 5; i++) {
      expect(rooms.broadcast("a", "a")).toBe(1);
      member.drain(1);
    }
    expect(member.received).toEqual(["0", "a", "b", "a", "b", "a", "b", "a", "b", "a", "b"]);
    expect(rooms.broadcast("a", "a")).toBe(1);
    expect(rooms.broadcast("a", "a")).toBe(0);
    expect(member.closedWith).toBe(1013);
  });
});
