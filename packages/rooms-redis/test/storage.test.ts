// What is kept in Redis, how it is called, and for how long.
import { RedisLog } from "@ws/rooms-redis";
import { describe, expect, it } from "vitest";
import { hasRedis, startRedis } from "./redis-server.ts";
import { entry, RoomWitness } from "./witness.ts";

const DAY_MS = 24 * 60 * 60 * 1000;

describe.skipIf(!hasRedis)("storage", () => {
  it("expires, all of it, and what is known of a room after its entries", async () => {
    await using redis = await startRedis();
    await using log = new RedisLog({ url: redis.url, dedupeMs: 60_000 });
    await log.append("room", [entry("a")]);
    await log.enter("room", "ann", new Uint8Array());
    const ttls = new Map<string, number>();
    for (const key of await redis.client.keys("*")) ttls.set(key, await redis.client.pttl(key));
    const lease = `ws:{${log.node}}:lease`;
    expect([...ttls.keys()].toSorted()).toEqual(
      ["ws:{room}:ids", "ws:{room}:log", "ws:{room}:presence", "ws:{room}:state", lease].toSorted(),
    );
    const near = (key: string, ms: number): void => {
      expect(ttls.get(key)).toBeGreaterThan(ms - 60_000);
      expect(ttls.get(key)).toBeLessThanOrEqual(ms);
    };
    near("ws:{room}:state", 30 * DAY_MS);
    near("ws:{room}:presence", 30 * DAY_MS);
    near("ws:{room}:log", 7 * DAY_MS);
    near("ws:{room}:ids", 120_000);
    near(lease, 15_000);
  });

  it("of ids is turned over: one is known for at least dedupeMs, and none for more than twice as long", async () => {
    await using redis = await startRedis();
    await using log = new RedisLog({ url: redis.url, dedupeMs: 60_000 });
    const pass = async (ms: number): Promise<void> => {
      const turned = Number(await redis.client.hget("ws:{room}:state", "turned"));
      await redis.client.hset("ws:{room}:state", "turned", turned - ms);
    };
    await log.append("room", [entry("a")]);
    await pass(59_000);
    await log.append("room", [entry("b")]);
    await pass(2000);
    const [duplicate, c] = await log.append("room", [entry("b"), entry("c")]);
    expect([duplicate!.isDuplicate, c!.isDuplicate]).toEqual([true, false]);
    expect(await redis.client.hkeys("ws:{room}:ids")).toEqual(["c"]);
    expect(await redis.client.hkeys("ws:{room}:ids:older")).toEqual(["a", "b"]);
    await pass(60_000);
    await log.append("room", [entry("d")]);
    expect(await redis.client.hkeys("ws:{room}:ids:older")).toEqual(["c"]);
    await pass(120_000);
    expect(await log.append("room", [entry("d")])).toMatchObject([{ seq: 5, isDuplicate: false }]);
    expect(await redis.client.exists("ws:{room}:ids:older")).toBe(0);
  });

  it("is counted right whatever is removed, so that maxBytes stays exact", async () => {
    await using redis = await startRedis();
    await using log = new RedisLog({ url: redis.url, retention: { maxEntries: 50, maxBytes: 1000 } });
    for (let i = 0; i < 40; i++) {
      const batch = Array.from({ length: 1 + (i % 7) * 20 }, (_, j) =>
        entry(`${i}:${j}`, new Uint8Array((i * j * 37) % 120)),
      );
      await log.append("room", batch);
      const { entries, first, last } = await log.read("room", { after: 0, limit: 1000 });
      const bytes = entries.reduce((sum, { data }) => sum + data.length, 0);
      expect(Number(await redis.client.hget("ws:{room}:state", "bytes"))).toBe(bytes);
      expect(bytes).toBeLessThanOrEqual(1000);
      expect(entries.length).toBeLessThanOrEqual(50);
      expect(last - first + 1).toBe(entries.length);
    }
  });

  it("under two prefixes is two engines", async () => {
    await using redis = await startRedis();
    await using log = new RedisLog({ url: redis.url, prefix: "one:" });
    await using other = new RedisLog({ url: redis.url, prefix: "two:" });
    const room = new RoomWitness();
    await other.listen("room", room);
    await log.append("room", [entry("a")]);
    await other.append("room", [entry("b")]);
    await room.until(() => room.entries.length === 1);
    expect(room.entries).toMatchObject([{ id: "b", seq: 1 }]);
  });

  it("of large data › is read by those who listen, and pages of it take several replies", async () => {
    await using redis = await startRedis();
    await using log = new RedisLog({ url: redis.url });
    await using other = new RedisLog({ url: redis.url });
    const room = new RoomWitness();
    await other.listen("room", room);
    const batch = Array.from({ length: 5 }, (_, i) => entry(String(i), new Uint8Array(700_000).fill(i)));
    await log.append("room", batch);
    await room.until(() => room.entries.length === 5);
    expect(room.entries.map(({ id, data }) => [id, data.length, data.at(-1)])).toEqual(
      [0, 1, 2, 3, 4].map((i) => [String(i), 700_000, i]),
    );
    expect((await log.read("room", { after: 0, limit: 100 })).entries).toHaveLength(5);
    const newest = await log.read("room", { before: 5, limit: 3 });
    expect(newest.entries.map(({ seq }) => seq)).toEqual([2, 3, 4]);
  });

  it("refuses what is larger than maxEntryBytes, with both numbers", async () => {
    await using redis = await startRedis();
    await using log = new RedisLog({ url: redis.url, maxEntryBytes: 10 });
    await expect(log.append("room", [entry("a", new Uint8Array(11))])).rejects.toThrow(
      new RangeError("Cannot append an entry of 11 bytes: maxEntryBytes is 10"),
    );
  });
});
