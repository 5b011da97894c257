import { EventEmitter, once } from "node:events";
import { duplexPair } from "node:stream";
import { describe, expect, it, vi } from "vitest";
import { Connection, type Message, PreparedMessage } from "@ws/connection";
import * as api from "@ws/rooms";
import { type RoomMember, Rooms } from "@ws/rooms";

/** A member that keeps what it is sent. */
class Listener extends EventEmitter implements RoomMember {
  readonly received: (Message | PreparedMessage)[] = [];
  send(data: Message | PreparedMessage): void {
    this.received.push(data);
  }
}

describe("rooms › membership", () => {
  it("joins and leaves, each once", () => {
    const rooms = new Rooms<Listener>();
    const member = new Listener();
    expect([rooms.join("a", member), rooms.join("a", member), rooms.join("b", member)]).toEqual([
      true,
      false,
      true,
    ]);
    expect([...rooms.roomsOf(member)]).toEqual(["a", "b"]);
    expect([...rooms.members("a")]).toEqual([member]);
    expect([rooms.has("a", member), rooms.has("c", member)]).toEqual([true, false]);
    expect([rooms.leave("a", member), rooms.leave("a", member), rooms.leave("c", member)]).toEqual([
      true,
      false,
      false,
    ]);
    expect([...rooms.names]).toEqual(["b"]);
  });

  it("forgets a room with its last member, and a member with its last room", () => {
    const rooms = new Rooms<Listener>();
    const member = new Listener();
    rooms.join("a", member);
    rooms.leave("a", member);
    expect([...rooms.names]).toEqual([]);
    expect(rooms.members("a").size).toBe(0);
    expect(rooms.roomsOf(member).size).toBe(0);
  });

  it("takes a member out of every room when it ends, and says so", () => {
    const onJoin = vi.fn();
    const onLeave = vi.fn();
    const rooms = new Rooms<Listener>({ onJoin, onLeave });
    const member = new Listener();
    rooms.join("a", member);
    rooms.join("b", member);
    rooms.leave("b", member);
    rooms.join("b", member);
    expect(member.listenerCount("close")).toBe(1);
    member.emit("close");
    expect([...rooms.names]).toEqual([]);
    expect(onJoin.mock.calls.map(([room]: string[]) => room)).toEqual(["a", "b", "b"]);
    expect(onLeave.mock.calls.map(([room]: string[]) => room)).toEqual(["b", "a", "b"]);
  });

  it("takes nobody who has ended already (such a member was kept for ever)", () => {
    const rooms = new Rooms<Listener & { state?: string }>();
    const ended = Object.assign(new Listener(), { state: "closed" });
    expect(rooms.join("a", ended)).toBe(false);
    expect([...rooms.names]).toEqual([]);
  });

  it("is left everywhere even when onLeave throws (the other rooms kept the member)", () => {
    const rooms = new Rooms<Listener>({
      onLeave: () => {
        throw new Error("thrown by onLeave");
      },
    });
    const member = new Listener();
    rooms.join("a", member);
    rooms.join("b", member);
    expect(() => rooms.leaveAll(member)).toThrow("thrown by onLeave");
    expect([...rooms.names]).toEqual([]);
  });

  it("treats names like __proto__ as names", () => {
    const rooms = new Rooms<Listener>();
    const member = new Listener();
    for (const name of ["__proto__", "constructor", ""]) rooms.join(name, member);
    expect([...rooms.names]).toEqual(["__proto__", "constructor", ""]);
    expect(rooms.members("toString").size).toBe(0);
  });
});

describe("rooms › broadcast", () => {
  it("sends to everybody in the room and to nobody else, and counts them", () => {
    const rooms = new Rooms<Listener>();
    const [ann, ben, cat] = [new Listener(), new Listener(), new Listener()];
    rooms.join("a", ann);
    rooms.join("a", ben);
    rooms.join("b", cat);
    expect(rooms.broadcast("a", "hi")).toBe(2);
    expect(rooms.broadcast("a", "not you", { except: ann })).toBe(1);
    expect(rooms.broadcast("empty", "hi")).toBe(0);
    expect([ann.received, ben.received, cat.received]).toEqual([["hi"], ["hi", "not you"], []]);
  });

  it("encodes once for all members that can take encoded messages", () => {
    const rooms = new Rooms<RoomMember>();
    const prepare = vi.fn((data: Message) => new PreparedMessage(data));
    const members = Array.from({ length: 3 }, () => Object.assign(new Listener(), { prepare }));
    const plain = new Listener();
    for (const member of [plain, ...members]) rooms.join("a", member);
    rooms.broadcast("a", "hi");
    expect(prepare).toHaveBeenCalledTimes(1);
    expect(plain.received).toEqual(["hi"]);
    expect(new Set(members.flatMap(({ received }) => received)).size).toBe(1);
  });

  it("gives each member a message once, even when members leave and join while it is sent", () => {
    const rooms = new Rooms<Listener>();
    const late = new Listener();
    const restless = new (class extends Listener {
      override send(data: Message | PreparedMessage): void {
        super.send(data);
        rooms.leave("a", this);
        rooms.join("a", this);
        rooms.join("a", late);
      }
    })();
    const calm = new Listener();
    rooms.join("a", restless);
    rooms.join("a", calm);
    expect(rooms.broadcast("a", "hi")).toBe(2);
    expect([restless.received, calm.received, late.received]).toEqual([["hi"], ["hi"], []]);
  });

  it("takes connections as members, which leave when they end", async () => {
    const rooms = new Rooms<Connection>();
    const pairs = Array.from({ length: 3 }, () => {
      const [left, right] = duplexPair();
      return {
        server: new Connection(left, { role: "server" }),
        client: new Connection(right, { role: "client" }),
      };
    });
    for (const { server } of pairs) rooms.join("a", server);
    const received = pairs.map(({ client }) => once(client, "message"));
    expect(rooms.broadcast("a", "hi")).toBe(3);
    expect(await Promise.all(received)).toEqual([["hi"], ["hi"], ["hi"]]);
    await Promise.all(pairs.map(({ client }) => client.close()));
    await Promise.all(pairs.map(({ server }) => server.closed));
    expect([...rooms.names]).toEqual([]);
  });
});

it("rooms › exports", () => {
  expect(Object.keys(api).toSorted()).toEqual(["EngineError", "MemoryLog", "RoomFeeds", "Rooms"]);
});
