// What happens to the way to Redis: it is noticed, told, and healed, and nothing that was acknowledged is missing.
import { RedisLog, type RedisLogOptions } from "@ws/rooms-redis";
import { describe, expect, it } from "vitest";
import { startLinkProxy } from "./link-proxy.ts";
import { hasRedis, startRedis } from "./redis-server.ts";
import { EngineWitness, entry, RoomWitness } from "./witness.ts";

const SOON: RedisLogOptions = {
  commandTimeoutMs: 200,
  pingIntervalMs: 50,
  connectTimeoutMs: 200,
  maxReconnectDelayMs: 20,
};

describe.skipIf(!hasRedis)("link", () => {
  it("that is cut › is told, and what was appended meanwhile is there to be read", async () => {
    await using redis = await startRedis();
    await using proxy = await startLinkProxy(redis.port);
    await using far = new RedisLog({ ...SOON, url: proxy.url });
    await using near = new RedisLog({ url: redis.url });
    const engine = new EngineWitness(far);
    const room = new RoomWitness();
    await far.listen("room", room);
    await near.append("room", [entry("a")]);
    await room.until(() => room.entries.length === 1);
    proxy.cut();
    await engine.is("down");
    await near.append("room", [entry("b")]);
    await expect(far.append("room", [entry("c")])).rejects.toMatchObject({ code: "ENGINE_DOWN" });
    proxy.restore();
    await engine.is("up");
    await near.append("room", [entry("d")]);
    await room.until(() => room.entries.length === 2);
    expect(room.ids).toEqual(["a", "d"]);
    const { entries } = await far.read("room", { after: 1, limit: 10 });
    expect(entries.map(({ id }) => id)).toEqual(["b", "d"]);
    expect(engine.statuses).toEqual(["up", "down", "up"]);
  });

  it("that stalls › is noticed without anybody asking for anything", async () => {
    await using redis = await startRedis();
    await using proxy = await startLinkProxy(redis.port);
    await using log = new RedisLog({ ...SOON, url: proxy.url });
    const engine = new EngineWitness(log);
    await engine.is("up");
    proxy.stall();
    await engine.is("down");
    expect(engine.errors.at(-1)?.message).toMatch(/timeout/i);
    proxy.restore();
    await engine.is("up");
  });

  it("that stalls › lets what is under way reject, which may have taken effect", async () => {
    await using redis = await startRedis();
    await using proxy = await startLinkProxy(redis.port);
    await using log = new RedisLog({ ...SOON, url: proxy.url });
    const engine = new EngineWitness(log);
    await engine.is("up");
    proxy.stall();
    await expect(log.append("room", [entry("a")])).rejects.toMatchObject({ code: "ENGINE_DOWN" });
    proxy.restore();
    await engine.is("up");
    // Tried again, it is there once, whatever became of the first attempt.
    await log.append("room", [entry("a")]);
    expect((await log.read("room", { after: 0, limit: 10 })).entries.map(({ id }) => id)).toEqual(["a"]);
  });

  it("that stalls before it was ever up › ends the first operations in time", async () => {
    await using redis = await startRedis();
    await using proxy = await startLinkProxy(redis.port);
    proxy.stall();
    await using log = new RedisLog({ ...SOON, url: proxy.url });
    await expect(log.append("room", [entry("a")])).rejects.toMatchObject({ code: "ENGINE_DOWN" });
  });

  it("that stalls › hinders no closing", async () => {
    await using redis = await startRedis();
    await using proxy = await startLinkProxy(redis.port);
    const log = new RedisLog({ ...SOON, url: proxy.url });
    const engine = new EngineWitness(log);
    await engine.is("up");
    proxy.stall();
    await log.close();
    await expect(log.append("room", [entry("a")])).rejects.toMatchObject({ code: "ENGINE_CLOSED" });
  });

  it("whose server cuts off one of the two connections › is lost as a whole", async () => {
    await using redis = await startRedis();
    await using log = new RedisLog({ ...SOON, url: redis.url });
    const engine = new EngineWitness(log);
    const room = new RoomWitness();
    await log.listen("room", room);
    // As it does to a subscriber that is too slow.
    await redis.client.call("CLIENT", "KILL", "TYPE", "pubsub");
    await engine.until(() => engine.statuses.length === 3);
    await log.append("room", [entry("a")]);
    await room.until(() => room.entries.length === 1);
    expect(engine.statuses).toEqual(["up", "down", "up"]);
  });
});
