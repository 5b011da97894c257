// What is put together into one message is something the other side takes.
import { describe, expect, it } from "vitest";
import { MemoryLog, RoomPublisher } from "@ws/rooms";
import { encodeBytes } from "@ws/rooms/wire";
import { protocol, serve, settle, stranger, until, Visitor } from "./scene.ts";

describe("a batch of a client", () => {
  it("had more binary values than a server takes, which ended the connection, again and again", async () => {
    const ann = new Visitor(undefined, "ann");
    const room = ann.client.join("chat/1");
    const publications = Array.from({ length: 150 }, (_, i) =>
      room.publish("image", { bytes: Uint8Array.of(i) }),
    );
    const server = serve();
    ann.connect(server);
    const results = await Promise.all(publications.map(({ result }) => result));
    expect(results.map((result) => "position" in result && result.position.seq)).toEqual(
      publications.map((_, i) => i + 1),
    );
    expect(ann.socket.peer.closedWith).toBeUndefined();
  });

  it("had more values than a server takes, which ended the connection, again and again", async () => {
    const ann = new Visitor(undefined, "ann");
    const room = ann.client.join("ticker");
    const many = Array.from({ length: 999 }, () => 1);
    const publications = Array.from({ length: 50 }, () => room.publish("any", many));
    ann.connect(serve());
    for (const { result } of publications) expect(await result).toMatchObject({ status: "delivered" });
    expect(ann.socket.peer.closedWith).toBeUndefined();
  });

  it("is no place for what no server takes: that is told at the call", async () => {
    const ann = new Visitor(serve(), "ann");
    const room = ann.client.join("ticker");
    await room.joined;
    const nested = (depth: number): unknown => (depth === 0 ? 1 : [nested(depth - 1)]);
    const isTaken = async (data: unknown): Promise<unknown> =>
      (await room.publish("any", data).result).status;
    expect(await isTaken(nested(29))).toBe("delivered");
    expect(() => room.publish("any", nested(30))).toThrow("it is deeper than 32");
    expect(() => room.publish("any", Array(20_000).fill(1))).toThrow("it has more than 20000 values");
    expect(() => ann.client.send("log", "x".repeat(300_000))).toThrow("maxMessageBytes is 262144");
    expect(ann.socket.peer.closedWith).toBeUndefined();
  });
});

describe("entries that were missed", () => {
  it("were more values than a client takes in one message: it asked for them for ever", async () => {
    const log = new MemoryLog();
    const server = serve({ log });
    const ben = new Visitor(server, "ben");
    const room = ben.client.join("ticker");
    const heard: number[] = [];
    room.on("any", (data) => heard.push((data as number[])[0]!));
    await room.joined;
    ben.socket.cut();
    const publisher = new RoomPublisher(protocol, log);
    // 100 of 20,000 values are more than the two millions that a client takes.
    const values = Array(19_000).fill(1) as number[];
    for (let i = 0; i < 110; i++) await publisher.publish("ticker", "any", [i, ...values]);
    ben.connect(server);
    await until(() => heard.length === 110);
    expect(heard).toEqual(heard.map((_, i) => i));
    const sent = ben.socket.peer.sent.filter((frame) => String(frame.slice(0, 30)).includes('"entries"'));
    expect(sent.length).toBeGreaterThan(1);
    expect(Math.max(...sent.map(({ length }) => length))).toBeLessThan(2 * 1024 * 1024);
    const { entries, last } = await room.history({ limit: 100 });
    expect(entries.at(-1)!.position.seq).toBe(last);
    const older = await room.history({ before: entries[0]!.position.seq, limit: 100 });
    expect(older.entries.at(-1)!.position.seq).toBe(entries[0]!.position.seq - 1);
  });

  it("under an id or a time that no client takes hid all that came with them", async () => {
    const log = new MemoryLog();
    const faults: string[] = [];
    const server = serve({ log, onFault: ({ message }) => faults.push(message) });
    const { say, told } = stranger(server);
    const entry = { data: encodeBytes({ v: 1, event: "tick", data: 1 }) };
    await log.append("ticker", [
      { ...entry, id: "n:not one of ours!".replaceAll(" ", "+") },
      { ...entry, id: "n:fine" },
    ]);
    say({ type: "history", id: 1, room: "ticker", limit: 10 });
    await settle();
    expect(told.at(-1)).toMatchObject({ type: "page", entries: [{ id: "fine" }] });
    expect(faults).toEqual([
      'Cannot read entry 1 of the room "ticker": its id or its time is not one of ours',
    ]);
  });

  it("by a process without sockets were too large for any server, and acknowledged", async () => {
    const log = new MemoryLog();
    const publisher = new RoomPublisher(protocol, log);
    const large = "x".repeat(70_000);
    await expect(publisher.publish("ticker", "any", large)).rejects.toMatchObject({ code: "TOO_LARGE" });
    const roomy = new RoomPublisher(protocol, log, { maxEntryBytes: 100_000 });
    await roomy.publish("ticker", "any", large);
    const server = serve({ log, maxEntryBytes: 100_000 });
    await server.publish("ticker", "any", large);
    await expect(serve({ log }).publish("ticker", "any", large)).rejects.toMatchObject({ code: "TOO_LARGE" });
  });
});
