import { once } from "node:events";
import { duplexPair } from "node:stream";
import { describe, expect, it, vi } from "vitest";
import { Connection, type Message, type MessageCompression, PreparedMessage } from "@ws/connection";
import * as api from "@ws/rooms";
import { type RoomMember, Rooms } from "@ws/rooms";
import { settle, TestTransport } from "@ws/testing";
import { Listener } from "./members.ts";

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

  it("tells of rooms as they come and go, around their members", () => {
    const told: string[] = [];
    const rooms = new Rooms<Listener>({
      onCreate: (room) => told.push(`create ${room}`),
      onDelete: (room) => told.push(`delete ${room} ${rooms.size(room)}`),
      onJoin: (room) => told.push(`join ${room}`),
      onLeave: (room) => told.push(`leave ${room}`),
    });
    const [ann, ben] = [new Listener(), new Listener()];
    rooms.join("a", ann);
    rooms.join("a", ben);
    rooms.leave("a", ann);
    ben.emit("close");
    expect(told).toEqual(["create a", "join a", "join a", "leave a", "delete a 0", "leave a"]);
  });

  it("tells a room's end before its new beginning, whatever is done while it is told", () => {
    const told: string[] = [];
    const [ann, ben] = [new Listener(), new Listener()];
    const rooms = new Rooms<Listener>({
      onCreate: (room) => told.push(`create ${room}`),
      onDelete: (room) => told.push(`delete ${room}`),
      onLeave: (_room, member) => {
        for (const room of ["a", "b"]) if (member === ann) rooms.join(room, ben);
      },
    });
    for (const room of ["a", "b"]) rooms.join(room, ann);
    ann.emit("close");
    expect(told).toEqual(["create a", "create b", "delete a", "create a"]);
    expect([rooms.size("a"), rooms.size("b")]).toEqual([1, 1]);
  });

  it("counts rooms and members, each once", () => {
    const rooms = new Rooms<Listener>();
    const [ann, ben] = [new Listener(), new Listener()];
    for (const room of ["a", "b", "c"]) rooms.join(room, ann);
    rooms.join("a", ben);
    expect([rooms.roomCount, rooms.memberCount, rooms.size("a"), rooms.size("none")]).toEqual([3, 2, 2, 0]);
    expect([...rooms.everybody]).toEqual([ann, ben]);
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

  it("goes by who is there now, also between broadcasts", () => {
    const rooms = new Rooms<Listener>();
    const [ann, ben] = [new Listener(), new Listener()];
    rooms.join("a", ann);
    rooms.broadcast("a", "1");
    rooms.join("a", ben);
    rooms.broadcast("a", "2");
    rooms.leave("a", ann);
    rooms.broadcast("a", "3");
    expect([ann.received, ben.received]).toEqual([
      ["1", "2"],
      ["2", "3"],
    ]);
  });

  it("sends to a union of rooms, or to everybody, each member once", () => {
    const rooms = new Rooms<Listener>();
    const [ann, ben, cat] = [new Listener(), new Listener(), new Listener()];
    for (const room of ["a", "b"]) rooms.join(room, ann);
    rooms.join("b", ben);
    rooms.join("c", cat);
    expect(rooms.broadcastTo(["a", "b", "a", "none"], "union")).toBe(2);
    expect(rooms.broadcastTo([], "nobody")).toBe(0);
    expect(rooms.broadcastAll("all")).toBe(3);
    expect([ann, ben, cat].map(({ received }) => received)).toEqual([
      ["union", "all"],
      ["union", "all"],
      ["all"],
    ]);
  });

  it("spares members, and the members of rooms", () => {
    const rooms = new Rooms<Listener>();
    const [ann, ben, cat, dan] = [new Listener(), new Listener(), new Listener(), new Listener()];
    for (const member of [ann, ben, cat, dan]) rooms.join("all", member);
    rooms.join("muted", cat);
    const exceptMembers = new Set([ben]);
    expect(rooms.broadcast("all", "1", { except: ann, exceptMembers, exceptRooms: ["none", "muted"] })).toBe(
      1,
    );
    expect(rooms.broadcastTo(["all", "muted"], "2", { exceptMembers: new Set([ann, ben]) })).toBe(2);
    expect(rooms.broadcastAll("3", { exceptRooms: ["muted"] })).toBe(3);
    expect([ann, ben, cat, dan].map(({ received }) => received)).toEqual([
      ["3"],
      ["3"],
      ["2"],
      ["1", "2", "3"],
    ]);
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

  it("compresses once for each set of parameters that was agreed", async () => {
    const rooms = new Rooms<Connection>();
    const compress = vi.fn((message: Uint8Array) => message.subarray(1));
    const transports = ["a", "b", "a", "b", "a"].map((variant) => {
      const transport = new TestTransport();
      const compression = { variant, compress } as Partial<MessageCompression> as MessageCompression;
      rooms.join("room", new Connection(transport, { role: "server", compression }));
      return transport;
    });
    rooms.broadcast("room", "hello");
    await settle();
    expect(compress).toHaveBeenCalledTimes(2);
    expect(transports.map(({ bytesWritten }) => bytesWritten)).toEqual([6, 6, 6, 6, 6]);
    for (const member of rooms.members("room")) member.terminate();
  });

  it("gives each member a message once, even when members leave and join while it is sent", () => {
    const rooms = new Rooms<Listener>();
    const late = new Listener();
    const restless = new (class extends Listener {
      override send(data: Message | PreparedMessage): unknown {
        super.send(data);
        rooms.leave("a", this);
        rooms.join("a", this);
        rooms.join("a", late);
        return undefined;
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
  expect(Object.keys(api).toSorted()).toEqual([
    "EngineError",
    "MemoryLog",
    "RoomError",
    "RoomFeeds",
    "RoomPublisher",
    "RoomServer",
    "Rooms",
    "RoomsProtocol",
    "defineRooms",
    "unchecked",
  ]);
});
