// How messages reach members: no faster than they read, and honestly where nothing is remembered.
import { describe, expect, it, vi } from "vitest";
import { MemoryLog, RoomPublisher, type RoomLog } from "@ws/rooms";
import type { RoomChange } from "@ws/rooms/client";
import { protocol, serve, settle, until, Visitor } from "./scene.ts";

/** An engine that passes on and remembers nothing, as one without a log does. */
function forgetful(): RoomLog {
  const log = new MemoryLog();
  const read = log.read.bind(log);
  vi.spyOn(log, "read").mockImplementation(async (room, range) => {
    const { epoch, last } = await read(room, range);
    return { epoch, first: last + 1, last, entries: [] };
  });
  return Object.defineProperty(log, "isDurable", { value: false }) as RoomLog;
}

describe("delivery", () => {
  it("of what was missed goes no faster than the member reads", async () => {
    const log = new MemoryLog();
    const server = serve({ log });
    const publisher = new RoomPublisher(protocol, log);
    const ben = new Visitor(server, "ben");
    const room = ben.client.join("chat");
    const heard: string[] = [];
    room.on("message", ({ text }) => heard.push(text));
    await room.joined;
    ben.socket.cut();
    for (let i = 1; i <= 350; i++) await publisher.publish("chat", "message", { text: String(i) });
    const read = vi.spyOn(log, "read");
    ben.connect(server);
    const end = ben.socket.peer;
    const send = end.send.bind(end);
    // From now on it takes what it is given, and has no room for more.
    vi.spyOn(end, "send").mockImplementation((data) => send(data) && false);
    await until(() => heard.length === 100);
    await settle();
    const reads = read.mock.calls.length;
    expect(heard).toHaveLength(100);
    end.emit("drain");
    await until(() => heard.length === 200);
    await settle();
    expect(heard).toHaveLength(200);
    expect(read.mock.calls.length).toBe(reads + 1);
    for (let page = 0; page < 3; page++) {
      end.emit("drain");
      await settle();
    }
    expect(heard).toEqual(Array.from({ length: 350 }, (_, i) => String(i + 1)));
  });

  it("without a history is live only: every break is a gap, and nothing is told twice or silently lost", async () => {
    const server = serve({ log: forgetful() });
    const ben = new Visitor(server, "ben");
    const room = ben.client.join("chat");
    const heard: string[] = [];
    const changes: RoomChange[] = [];
    room.on("message", ({ text }) => heard.push(text));
    room.observe((change) => changes.push(change));
    await room.joined;
    const ann = new Visitor(server, "ann").client.join("chat");
    const say = (text: string): Promise<unknown> => ann.publish("message", { text }).result;
    await say("1");
    await say("2");
    await until(() => heard.length === 2);
    ben.socket.cut();
    await say("missed");
    ben.connect(server);
    await until(() => changes.some(({ type }) => type === "gap"));
    await settle();
    await say("3");
    await until(() => heard.length === 3);
    const end = ben.socket.peer;
    const send = end.send.bind(end);
    let isDropped = false;
    vi.spyOn(end, "send").mockImplementation((data) => {
      if (isDropped) return send(data);
      return (isDropped = true);
    });
    await say("dropped");
    await say("notices");
    await until(() => changes.filter(({ type }) => type === "gap").length === 2);
    await settle();
    await say("4");
    await until(() => heard.length === 4);
    expect(heard).toEqual(["1", "2", "3", "4"]);
    expect((await room.history()).entries).toEqual([]);
  });

  it("ends with the server: its clients leave, and its own engine is closed", async () => {
    const server = serve({ log: undefined as never });
    const ben = new Visitor(server, "ben");
    await ben.client.join("chat").enter({ away: false });
    await server.close();
    await server.close();
    expect([server.peers.size, server.members.roomCount]).toEqual([0, 0]);
    await expect(server.publish("chat", "message", { text: "" })).rejects.toMatchObject({
      code: "ENGINE_CLOSED",
    });
  });

  it("goes on in a room that is left and joined again in one turn", async () => {
    const server = serve();
    const { client } = new Visitor(server, "ben");
    const first = client.join("chat");
    await first.joined;
    first.leave();
    expect(first.state).toBe("left");
    const second = client.join("chat");
    expect(second).not.toBe(first);
    const heard: string[] = [];
    first.on("message", () => heard.push("first"));
    second.on("message", ({ text }) => heard.push(text));
    await second.joined;
    await server.publish("chat", "message", { text: "a" });
    await until(() => heard.length === 1);
    await settle();
    expect(heard).toEqual(["a"]);
    expect(await first.publish("message", { text: "b" }).result).toMatchObject({
      error: { code: "NOT_JOINED" },
    });
  });
});
