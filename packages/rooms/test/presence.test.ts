// Who is there: each person once, on all nodes, as long as somebody of theirs is.
import { afterEach, describe, expect, it, vi } from "vitest";
import { EngineError, MemoryLog } from "@ws/rooms";
import type { RoomChange } from "@ws/rooms/client";
import { FaultyLog } from "./faulty-log.ts";
import { serve, settle, stranger, until, Visitor } from "./scene.ts";

afterEach(() => vi.useRealTimers());

function watch(visitor: Visitor) {
  const room = visitor.client.join("chat/1", { presence: true });
  const told: unknown[] = [];
  room.observe((change: RoomChange<{ away: boolean }>) => {
    if (change.type === "people") told.push([...change.people.keys()]);
    if (change.type === "presence") {
      told.push(
        change.change === "exit"
          ? `-${change.person}`
          : `${change.change} ${change.person} ${change.data.away}`,
      );
    }
  });
  return { room, told };
}

function nodes(leaseMs?: number) {
  const shared = new MemoryLog(leaseMs === undefined ? {} : { leaseMs });
  const logs = [new FaultyLog(shared), new FaultyLog(new MemoryLog({ sharedWith: shared }))] as const;
  return { logs, one: serve({ log: logs[0] }), two: serve({ log: logs[1] }) };
}

describe("presence", () => {
  it("is told on all nodes: who is there, who comes, what they say of themselves, who goes", async () => {
    const { one, two } = nodes();
    const ann = new Visitor(one, "ann");
    const here = watch(ann);
    await here.room.enter({ away: false });
    const there = watch(new Visitor(two, "ben"));
    await there.room.joined;
    await there.room.enter({ away: false });
    await here.room.enter({ away: true });
    await until(() => there.told.length === 3);
    expect(there.told).toEqual([["ann"], "enter ben false", "update ann true"]);
    expect(there.room.people).toEqual(
      new Map([
        ["ann", { away: true }],
        ["ben", { away: false }],
      ]),
    );
    await there.room.exit();
    ann.socket.cut();
    await until(() => there.told.length === 5);
    expect(there.told.slice(3)).toEqual(["-ben", "-ann"]);
    expect(there.room.people.size).toBe(0);
  });

  it("counts several connections of a person once, on one node and on two", async () => {
    const { one, two } = nodes();
    const watcher = watch(new Visitor(one));
    await watcher.room.joined;
    const visitors = [new Visitor(one, "ann"), new Visitor(one, "ann"), new Visitor(two, "ann")];
    for (const { client } of visitors) await client.join("chat/1").enter({ away: false });
    expect(await one.present("chat/1")).toEqual(new Map([["ann", { away: false }]]));
    for (const { socket } of visitors) {
      socket.cut();
      await settle();
    }
    await until(() => watcher.told.includes("-ann"));
    expect(watcher.told).toEqual([[], "enter ann false", "-ann"]);
    expect((await two.present("chat/1")).size).toBe(0);
  });

  it("is entered again after a break, on another node", async () => {
    const { one, two } = nodes();
    const ann = new Visitor(one, "ann");
    const room = ann.client.join("chat/1");
    await room.enter({ away: true });
    ann.socket.cut();
    await settle();
    expect((await one.present("chat/1")).size).toBe(0);
    ann.connect(two);
    await settle();
    expect(await one.present("chat/1")).toEqual(new Map([["ann", { away: true }]]));
  });

  it("of people on a node that died ends within the lease and two comparisons", async () => {
    vi.useFakeTimers({ toFake: ["Date", "setInterval", "clearInterval"] });
    const shared = new MemoryLog();
    const one = serve({ log: shared, presenceSyncMs: 5000 });
    const watcher = watch(new Visitor(one));
    await watcher.room.joined;
    // Somebody on a node that says nothing any more, and never said goodbye: the record is there, and then it is not.
    let isAlive = true;
    const present = shared.present.bind(shared);
    vi.spyOn(shared, "present").mockImplementation(async (room) => [
      ...(await present(room)),
      ...(isAlive
        ? [{ node: "dead", person: "ben", data: new TextEncoder().encode('{"data":{"away":false}}') }]
        : []),
    ]);
    await vi.advanceTimersByTimeAsync(5000);
    await until(() => watcher.told.includes("enter ben false"));
    isAlive = false;
    await vi.advanceTimersByTimeAsync(5000);
    await settle();
    expect(watcher.told).not.toContain("-ben");
    await vi.advanceTimersByTimeAsync(5000);
    await until(() => watcher.told.includes("-ben"));
    expect(watcher.room.people.size).toBe(0);
  });

  it("is told to the engine again when it is up, and so is who went meanwhile", async () => {
    const { logs, one } = nodes();
    const [ann, ben] = [new Visitor(one, "ann"), new Visitor(one, "ben")];
    const room = ann.client.join("chat/1");
    await room.enter({ away: false });
    await ben.client.join("chat/1").enter({ away: false });
    logs[0].goDown();
    ben.socket.cut();
    await settle();
    logs[0].comeUp();
    await until(() => one.log.status === "up");
    await settle();
    expect(await one.present("chat/1")).toEqual(new Map([["ann", { away: false }]]));
  });

  it("is nobody's who has no name, and nowhere but where one is", async () => {
    const { one } = nodes();
    const nobody = new Visitor(one);
    const room = nobody.client.join("chat/1");
    await expect(room.enter({ away: false })).rejects.toMatchObject({ code: "PERSON_REQUIRED" });
    const ticker = nobody.client.join("ticker", { presence: true });
    await expect(ticker.joined).rejects.toMatchObject({ code: "UNKNOWN_NAME" });
  });

  it("is bounded: what one says, and how many are told by name", async () => {
    const server = serve({ maxPeople: 2, maxPresenceBytes: 30 });
    for (const name of ["ann", "ben", "cat"]) {
      await new Visitor(server, name).client.join("chat/1").enter({ away: false });
    }
    const watcher = watch(new Visitor(server));
    await watcher.room.joined;
    expect(watcher.told).toEqual([["ann", "ben"]]);
    // Of the others their number is known, and stays so.
    expect(watcher.room.peopleTotal).toBe(3);
    const dan = new Visitor(server, "dan");
    await dan.client.join("chat/1").enter({ away: true });
    await until(() => watcher.told.length === 2);
    expect([watcher.room.peopleTotal, watcher.room.people.size]).toEqual([4, 3]);
    dan.socket.cut();
    await until(() => watcher.told.length === 3);
    expect([watcher.room.peopleTotal, watcher.room.people.size]).toEqual([3, 2]);
    const small = serve({ maxPresenceBytes: 20 });
    const { client } = new Visitor(small, "ann");
    await expect(client.join("chat/1").enter({ away: false })).rejects.toMatchObject({ code: "TOO_LARGE" });
  });

  it("flapped when the engine came back: people were compared with it before their nodes had told them anew", async () => {
    vi.useFakeTimers({ toFake: ["Date", "setInterval", "clearInterval"] });
    const { logs, one, two } = nodes();
    const watcher = watch(new Visitor(one));
    await watcher.room.joined;
    await new Visitor(two, "ann").client.join("chat/1").enter({ away: false });
    await new Visitor(one, "ben").client.join("chat/1").enter({ away: false });
    await until(() => watcher.told.length === 3);
    for (const log of logs) log.goDown();
    // It has forgotten everybody, and of the other node it is told late.
    for (const [log, person] of [
      [logs[1], "ann"],
      [logs[0], "ben"],
    ] as const) {
      log.status = "up";
      await log.exit("chat/1", person);
      log.status = "down";
    }
    let enter!: () => void;
    const mayEnter = new Promise<void>((resolve) => (enter = resolve));
    for (const log of logs) {
      const original = log.enter.bind(log);
      vi.spyOn(log, "enter").mockImplementation(async (...args) => {
        await mayEnter;
        await original(...args);
      });
    }
    for (const log of logs) log.comeUp();
    await vi.advanceTimersByTimeAsync(15_000);
    await settle();
    enter();
    await settle();
    await vi.advanceTimersByTimeAsync(15_000);
    await settle();
    expect(watcher.told).toEqual([[], "enter ann false", "enter ben false"]);
    expect(watcher.room.people.size).toBe(2);
  });

  it("of a new watcher was empty where the last one left while it joined", async () => {
    const { logs, one } = nodes();
    await new Visitor(one, "ann").client.join("chat/1").enter({ away: false });
    const first = new Visitor(one);
    await watch(first).room.joined;
    let read!: () => void;
    const second = new Visitor(one);
    logs[0].beforeRead = new Promise((resolve) => (read = resolve));
    const { epoch } = await logs[1].read("chat/1", { after: 0, limit: 1 });
    const room = second.client.join("chat/1", { presence: true, since: { epoch, seq: 0 } });
    await settle();
    first.client.close();
    await settle();
    read();
    await room.joined;
    expect([...room.people.keys()]).toEqual(["ann"]);
  });

  it("of who could not enter stayed with the engine, which had heard half of it", async () => {
    vi.useFakeTimers({ toFake: ["Date", "setInterval", "clearInterval"] });
    const { logs, one, two } = nodes();
    vi.spyOn(logs[0], "announce").mockRejectedValueOnce(new EngineError("ENGINE_DOWN", "gone"));
    const { say, told } = stranger(one, "ann");
    say({ type: "join", id: 1, room: "chat/1" });
    say({ type: "enter", id: 2, room: "chat/1", data: { away: false } });
    await settle();
    expect(told.at(-1)).toMatchObject({ type: "error", re: 2, code: "ENGINE_DOWN" });
    expect((await two.present("chat/1")).size).toBe(1);
    await vi.advanceTimersByTimeAsync(5000);
    await settle();
    expect((await two.present("chat/1")).size).toBe(0);
  });

  it.each(["taken out", "cut off"] as const)(
    "stayed for ever of who was %s while they entered",
    async (how) => {
      const { logs, one, two } = nodes();
      let enter!: () => void;
      const mayEnter = new Promise<void>((resolve) => (enter = resolve));
      const original = logs[0].enter.bind(logs[0]);
      const asked = vi.spyOn(logs[0], "enter").mockImplementation(async (...args) => {
        await mayEnter;
        return original(...args);
      });
      const { peer, socket, say } = stranger(one, "ann");
      say({ type: "join", id: 1, room: "chat/1" });
      say({ type: "enter", id: 2, room: "chat/1", data: { away: false } });
      await until(() => asked.mock.calls.length === 1);
      if (how === "taken out") peer.kick("chat/1");
      else socket.cut();
      await settle();
      enter();
      await settle();
      expect((await two.present("chat/1")).size).toBe(0);
    },
  );

  it("was waited for for ever by who entered a room after leaving it", async () => {
    const { one } = nodes();
    const room = new Visitor(one, "ann").client.join("chat/1");
    await room.joined;
    room.leave();
    await expect(room.enter({ away: false })).rejects.toMatchObject({ code: "NOT_JOINED" });
  });
});
