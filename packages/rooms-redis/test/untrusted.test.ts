// What others write into Redis: skipped, reported, and in nobody's way.
import { RedisLog } from "@ws/rooms-redis";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { hasRedis, startRedis } from "./redis-server.ts";
import { EngineWitness, entry, RoomWitness } from "./witness.ts";

const ALL = { after: 0, limit: 100 } as const;

describe.skipIf(!hasRedis)("untrusted content", () => {
  it("in a history › is skipped and reported, each by what is wrong with it", async () => {
    await using redis = await startRedis();
    await using log = new RedisLog({ url: redis.url, maxEntryBytes: 100 });
    const engine = new EngineWitness(log);
    await log.append("room", [entry("a"), entry("b")]);
    const add = (place: string, ...fields: readonly string[]): Promise<unknown> =>
      redis.client.call("XADD", "ws:{room}:log", place, ...fields);
    await redis.client.hset("ws:{room}:state", "seq", 10);
    await add("2-7", "i", "x", "t", "1", "d", "in between");
    await add("3-0", "i", "x", "t", "1");
    await add("4-0", "i", "x", "time", "1", "d", "");
    await add("5-0", "i", "two words", "t", "1", "d", "");
    await add("6-0", "i", "x".repeat(201), "t", "1", "d", "");
    await add("7-0", "i", "x", "t", "soon", "d", "");
    await add("8-0", "i", "x", "t", "1".repeat(400), "d", "");
    await add("9-0", "i", "x", "t", "1", "d", "x".repeat(101));
    await log.append("room", [entry("c")]);
    const page = await log.read("room", ALL);
    expect(page.entries.map(({ id, seq }) => [id, seq])).toEqual([
      ["a", 1],
      ["b", 2],
      ["c", 11],
    ]);
    expect(engine.faults.map((fault) => fault.replace(/^Cannot use an entry of room "room": /, ""))).toEqual([
      "its place in the stream is not one of ours",
      "it has other fields than ours",
      "it has other fields than ours",
      "its id is not made of printable ASCII characters",
      "its id is 201 bytes long",
      "its time is not a number",
      "its time is not a number",
      "its data is 101 bytes long: maxEntryBytes is 100",
    ]);
  });

  it("behind our last entry › is removed and reported, and the history goes on", async () => {
    await using redis = await startRedis();
    await using log = new RedisLog({ url: redis.url });
    const engine = new EngineWitness(log);
    const [a] = await log.append("room", [entry("a")]);
    await redis.client.xadd("ws:{room}:log", "*", "some", "thing");
    await redis.client.xadd("ws:{room}:log", "18446744073709551615-18446744073709551615", "some", "thing");
    expect(await log.append("room", [entry("b")])).toMatchObject([{ epoch: a!.epoch, seq: 2 }]);
    expect((await log.read("room", ALL)).entries.map(({ id }) => id)).toEqual(["a", "b"]);
    expect(engine.faults).toEqual([
      'Cannot use 2 entries of room "room": they stood where ours had to, and were removed',
    ]);
  });

  it("as the state of a room › begins it anew", async () => {
    await using redis = await startRedis();
    await using log = new RedisLog({ url: redis.url });
    const [a] = await log.append("room", [entry("a")]);
    await redis.client.hset("ws:{room}:state", "seq", "many");
    const page = await log.read("room", ALL);
    expect(page).toMatchObject({ first: 1, last: 0, entries: [] });
    expect(page.epoch).not.toBe(a!.epoch);
  });

  it("in a channel › is skipped and reported", async () => {
    await using redis = await startRedis();
    await using log = new RedisLog({ url: redis.url });
    const engine = new EngineWitness(log);
    const room = new RoomWitness();
    await log.listen("room", room);
    for (const payload of ["", "x", "E", "E\u00ff", "E\u0001e half an entry", `E\u0001e${"\0".repeat(22)}`]) {
      await redis.client.publish("ws:{room}:channel", payload);
    }
    await log.append("room", [entry("a")]);
    await room.until(() => room.entries.length === 1);
    expect(engine.faults).toHaveLength(6);
    expect(room.ids).toEqual(["a"]);
    expect(log.status).toBe("up");
  });

  it("in a channel, whatever it is › ends nothing, and is no more than it says", async () => {
    await using redis = await startRedis();
    await using log = new RedisLog({ url: redis.url });
    const room = new RoomWitness();
    await log.listen("room", room);
    const beginning = Buffer.from("E\u0001e");
    const payload = fc.oneof(
      fc.uint8Array(),
      fc.uint8Array().map((bytes) => Buffer.concat([beginning, bytes])),
      fc
        .uint8Array({ minLength: 26 })
        .map((bytes) => Buffer.concat([beginning, Buffer.of(0x3f, 0xf0), bytes.fill(0, 0, 20)])),
    );
    let bytes = 0;
    for (const some of fc.sample(payload, 1000)) {
      bytes += some.length;
      await redis.client.publish("ws:{room}:channel", Buffer.from(some));
    }
    await log.append("room", [entry("the-last")]);
    await room.until(() => room.ids.includes("the-last"));
    const heard = [...room.entries.map(({ data }) => data), ...room.announcements];
    expect(heard.reduce((sum, data) => sum + data.length, 0)).toBeLessThanOrEqual(bytes + "the-last".length);
    for (const { id, seq } of room.entries)
      expect([id, seq > 0]).toEqual([expect.stringMatching(/^[!-~]+$/), true]);
    for (const data of heard) expect(data.buffer.byteLength).toBe(data.length);
  });

  it("as presence › is skipped and reported", async () => {
    await using redis = await startRedis();
    await using log = new RedisLog({ url: redis.url, maxEntryBytes: 10 });
    const engine = new EngineWitness(log);
    await log.enter("room", "ann", Buffer.from("1"));
    const key = "ws:{room}:presence";
    await redis.client.hset(key, "somebody", "something", `${log.node}=`, "0".repeat(32));
    await redis.client.hset(key, `${log.node}ben`, "short", `${log.node}eve`, "x".repeat(43));
    expect(await log.present("room")).toMatchObject([{ node: log.node, person: "ann" }]);
    expect(engine.faults).toHaveLength(4);
  });
});
