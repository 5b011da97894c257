// What Redis refuses to do, and what it forgets: an error of ours, soon, and no state that is half done.
import { inspect } from "node:util";
import { RedisLog } from "@ws/rooms-redis";
import { describe, expect, it } from "vitest";
import { hasRedis, startRedis } from "./redis-server.ts";
import { EngineWitness, entry } from "./witness.ts";

const ALL = { after: 0, limit: 10 } as const;

describe.skipIf(!hasRedis)("Redis", () => {
  it("that has forgotten the scripts › is told them again", async () => {
    await using redis = await startRedis();
    await using log = new RedisLog({ url: redis.url });
    await log.append("room", [entry("a")]);
    await redis.client.script("FLUSH");
    expect(await log.append("room", [entry("b")])).toMatchObject([{ seq: 2 }]);
    await redis.client.script("FLUSH");
    expect((await log.read("room", ALL)).entries).toHaveLength(2);
  });

  it("without memory › refuses an append and nothing of it is done, so that ids are still known afterwards", async () => {
    await using redis = await startRedis();
    await using log = new RedisLog({ url: redis.url, dedupeMs: 1000 });
    await log.append("room", [entry("a")]);
    // As if the ids were due to be turned over: they must not be, twice, by what is refused.
    const turned = Number(await redis.client.hget("ws:{room}:state", "turned"));
    await redis.client.hset("ws:{room}:state", "turned", turned - 1500);
    await redis.client.config("SET", "maxmemory", "1");
    for (const id of ["b", "c", "d"]) {
      const refused = log.append("room", [entry("a"), entry(id)]);
      await expect(refused).rejects.toMatchObject({ code: "ENGINE_DOWN" });
    }
    expect(log.status).toBe("up");
    await redis.client.config("SET", "maxmemory", "0");
    expect(await log.append("room", [entry("a"), entry("b")])).toMatchObject([
      { seq: 1, isDuplicate: true },
      { seq: 2, isDuplicate: false },
    ]);
  });

  it("that becomes a replica › is down until there is one that takes writes", async () => {
    await using redis = await startRedis();
    await using log = new RedisLog({ url: redis.url, maxReconnectDelayMs: 20 });
    const engine = new EngineWitness(log);
    await log.append("room", [entry("a")]);
    await redis.client.replicaof("127.0.0.1", "1");
    await expect(log.append("room", [entry("b")])).rejects.toMatchObject({ code: "ENGINE_DOWN" });
    await engine.is("down");
    await redis.client.replicaof("NO", "ONE");
    await engine.is("up");
    expect(await log.append("room", [entry("b")])).toMatchObject([{ seq: 2 }]);
  });

  it("that becomes a replica › is noticed without anybody asking for anything", async () => {
    await using redis = await startRedis();
    await using log = new RedisLog({ url: redis.url, maxReconnectDelayMs: 20, pingIntervalMs: 20 });
    const engine = new EngineWitness(log);
    await engine.is("up");
    await redis.client.replicaof("127.0.0.1", "1");
    await engine.is("down");
    await redis.client.replicaof("NO", "ONE");
    await engine.is("up");
  });

  it("that wants a password › gets it by option or URL, and rejects soon where it is wrong", async () => {
    await using redis = await startRedis(["--requirepass", "secret word"]);
    const { port } = redis;
    await using byOption = new RedisLog({ url: redis.url, password: "secret word" });
    await using byUrl = new RedisLog({ url: `redis://:secret%20word@127.0.0.1:${port}` });
    for (const log of [byOption, byUrl]) expect((await log.read("room", ALL)).last).toBe(0);
    await using wrong = new RedisLog({ url: `redis://:some-other@127.0.0.1:${port}` });
    const error = await wrong.read("room", ALL).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: "ENGINE_DOWN" });
    expect(inspect(error, { depth: 10 })).not.toMatch(/other|secret/);
  });

  it("with a key of another kind in the way › says so, and stays up", async () => {
    await using redis = await startRedis();
    await using log = new RedisLog({ url: redis.url });
    await log.append("room", [entry("a")]);
    await redis.client.set("ws:{room}:log", "not a stream");
    await expect(log.append("room", [entry("b")])).rejects.toMatchObject({ code: "ENGINE_FAULT" });
    const error = await log
      .append("room", [entry("c", Buffer.from("private words"))])
      .catch((e: unknown) => e);
    expect(inspect(error, { depth: 10 })).not.toContain(inspect(Buffer.from("private words")));
    expect(log.status).toBe("up");
  });

  it("that evicts a history › tells a gap, and numbers go on", async () => {
    await using redis = await startRedis();
    await using log = new RedisLog({ url: redis.url });
    const [a] = await log.append("room", [entry("a"), entry("b")]);
    await redis.client.del("ws:{room}:log");
    expect(await log.read("room", ALL)).toEqual({ epoch: a!.epoch, first: 3, last: 2, entries: [] });
    expect(await log.append("room", [entry("c")])).toMatchObject([{ epoch: a!.epoch, seq: 3 }]);
    expect(await log.read("room", ALL)).toMatchObject({ first: 3, last: 3, entries: [{ id: "c" }] });
  });
});
