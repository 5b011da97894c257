// What clients and applications can do wrong to a server, and what it went wrong with.
import { describe, expect, it } from "vitest";
import { RoomError } from "@ws/rooms";
import { FaultyLog } from "./faulty-log.ts";
import { serve, settle, socketPair, stranger, until, Visitor } from "./scene.ts";

describe("a server", () => {
  it("kept a client for ever that was attached when its connection had ended already", async () => {
    const server = serve();
    const { server: end } = socketPair();
    end.cut();
    server.attach(end, { context: "" });
    await settle();
    expect(server.peers.size).toBe(0);
  });

  it("kept a member half gone whose leaving the middleware refused: it could not come back", async () => {
    const server = serve();
    server.useForMessages(async (message, _peer, next) => {
      if (message.type === "leave") throw new RoomError("STAY", "Cannot leave");
      await next();
    });
    const { say, told } = stranger(server);
    say({ type: "join", id: 1, room: "chat/1" });
    say({ type: "leave", id: 2, room: "chat/1" });
    await settle();
    expect(told.at(-1)).toMatchObject({ re: 2, code: "STAY" });
    expect(server.members.size("chat/1")).toBe(0);
    say({ type: "join", id: 3, room: "chat/1" });
    await settle();
    expect(told.at(-1)).toMatchObject({ type: "joined", re: 3 });
  });

  it("never answered what its middleware swallowed", async () => {
    const server = serve();
    server.useForMessages(() => {});
    const { say, told } = stranger(server);
    say({ type: "join", id: 1, room: "chat/1" });
    await settle();
    expect(told.at(-1)).toMatchObject({ re: 1, code: "INTERNAL" });
  });

  it("told codes and sentences that no client reads, so that it waited for ever", async () => {
    const errors: unknown[] = [];
    const server = serve({ onError: (error) => errors.push(error) });
    server.onRequest("echo", () => {
      throw new RoomError("not a code", "x");
    });
    const { say, told, peer } = stranger(server, "ann");
    say({ type: "request", id: 1, name: "echo" });
    say({ type: "join", id: 2, room: "chat/1" });
    await settle();
    expect(told.find((message) => message.type === "error")).toMatchObject({ re: 1, code: "INTERNAL" });
    expect(errors).toMatchObject([{ code: "not a code" }]);
    peer.kick("chat/1", "x".repeat(2000));
    await settle();
    expect(told.at(-1)).toMatchObject({ type: "left", code: "KICKED", message: "x".repeat(1000) });
  });

  it("told a client of a gap that had missed three messages, where many rooms share their numbers", async () => {
    const log = new FaultyLog();
    const server = serve({ log, maxRecovered: 100 });
    const ann = new Visitor(server, "ann");
    const room = ann.client.join("chat/1");
    const changes: string[] = [];
    const heard: string[] = [];
    room.observe(({ type }) => changes.push(type));
    room.on("message", ({ text }) => heard.push(text));
    await room.joined;
    ann.socket.cut();
    // As the engine of a stream that many rooms share: each number of this room is a hundred of the stream's.
    const [read, listen] = [log.read.bind(log), log.listen.bind(log)];
    log.read = async (name, range) => {
      const after = "after" in range ? { ...range, after: Math.ceil(range.after / 100) } : range;
      const page = await read(name, after);
      const entries = page.entries.map((entry) => ({ ...entry, seq: entry.seq * 100 }));
      return { ...page, last: page.last * 100, entries };
    };
    log.listen = (name, listener) =>
      listen(name, {
        ...listener,
        onEntry: (entry) =>
          listener.onEntry({ ...entry, seq: entry.seq * 100, previous: entry.seq * 100 - 100 }),
      });
    for (const text of ["1", "2", "3"]) await server.publish("chat/1", "message", { text });
    ann.connect(server);
    await until(() => heard.length === 3);
    await settle();
    expect([heard, changes.at(-1)]).toEqual([["1", "2", "3"], "recovered"]);
  });

  it("asked an engine without end for what that had lost, on behalf of a member", async () => {
    const log = new FaultyLog();
    const server = serve({ log });
    const keeper = new Visitor(server, "keeper").client.join("chat/1");
    await keeper.joined;
    for (const text of ["1", "2", "3"]) await server.publish("chat/1", "message", { text });
    await settle();
    // Its newest part is gone, and nobody has noticed yet.
    const read = log.read.bind(log);
    let reads = 0;
    log.read = async (name, range) => {
      reads++;
      const page = await read(name, range);
      return { ...page, last: 1, entries: page.entries.filter(({ seq }) => seq <= 1) };
    };
    const { say, told } = stranger(server);
    const { epoch } = await log.read("chat/1", { after: 0, limit: 1 });
    say({ type: "join", id: 1, room: "chat/1", epoch, seq: 0 });
    await until(() => told.some(({ type }) => type === "gap"));
    expect(reads).toBeLessThan(12);
    expect(told.at(-1)).toEqual({ type: "gap", room: "chat/1", epoch, seq: 3 });
  });

  it.each([Number.MAX_SAFE_INTEGER, 0])("takes %d for a number like any other", async (seq) => {
    const server = serve();
    await server.publish("chat/1", "message", { text: "1" });
    const { say, told } = stranger(server);
    const { epoch } = await server.log.read("chat/1", { after: 0, limit: 1 });
    say({ type: "join", id: 1, room: "chat/1", epoch, seq });
    say({ type: "history", id: 2, room: "chat/1", before: seq, limit: Number.MAX_SAFE_INTEGER });
    say({ type: "history", id: 3, room: "chat/1", after: seq, limit: 1 });
    await settle();
    const pages = told.flatMap((message) => (message.type === "page" ? [message.entries.length] : []));
    expect(pages).toEqual(seq === 0 ? [0, 1] : [1, 0]);
    expect(told.find(({ type }) => type === "joined")).toMatchObject({
      outcome: seq === 0 ? "recovered" : "gap",
    });
  });
});
