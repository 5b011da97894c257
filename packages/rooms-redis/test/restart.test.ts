// What a restart of Redis leaves, depending on what it stores: the same history, or an honest new one.
import { RedisLog } from "@ws/rooms-redis";
import { describe, expect, it } from "vitest";
import { DURABLE, hasRedis, type RedisServer, startRedis } from "./redis-server.ts";
import { EngineWitness, entry, RoomWitness } from "./witness.ts";

const ALL = { after: 0, limit: 10 } as const;

/** Kills the server and starts it again; resolves when the engine has noticed both. */
async function restart(redis: RedisServer, engine: EngineWitness): Promise<void> {
  await redis.kill();
  await engine.is("down");
  await redis.start();
  await engine.is("up");
}

describe.skipIf(!hasRedis)("restart of Redis", () => {
  it("that syncs each write › keeps the epoch, what was acknowledged, and the ids", async () => {
    await using redis = await startRedis(DURABLE);
    await using log = new RedisLog({ url: redis.url });
    const engine = new EngineWitness(log);
    const [first] = await log.append("room", [entry("a"), entry("b")]);
    await restart(redis, engine);
    const page = await log.read("room", ALL);
    expect(page.epoch).toBe(first!.epoch);
    expect(page.entries.map(({ id, seq }) => [id, seq])).toEqual([
      ["a", 1],
      ["b", 2],
    ]);
    expect(await log.append("room", [entry("b"), entry("c")])).toEqual([
      { epoch: first!.epoch, seq: 2, isDuplicate: true },
      { epoch: first!.epoch, seq: 3, isDuplicate: false },
    ]);
  });

  it.each([
    ["stores nothing", ["--appendonly", "no"]],
    // It may have kept all of it, as here; it may also not, and nobody could tell.
    ["may lose its last second", ["--appendonly", "yes", "--appendfsync", "everysec"]],
  ])("that %s › begins a new epoch, and gives no number of the old one", async (_, settings) => {
    await using redis = await startRedis(settings);
    await using log = new RedisLog({ url: redis.url });
    const engine = new EngineWitness(log);
    const [before] = await log.append("room", [entry("a"), entry("b")]);
    await restart(redis, engine);
    const page = await log.read("room", ALL);
    expect(page.epoch).not.toBe(before!.epoch);
    expect(page).toMatchObject({ first: 1, last: 0, entries: [] });
    expect(await log.append("room", [entry("b")])).toEqual([
      { epoch: page.epoch, seq: 1, isDuplicate: false },
    ]);
  });

  it("that may lose something › keeps the epoch where its operator vouches for it", async () => {
    await using redis = await startRedis(["--appendonly", "yes", "--appendfsync", "everysec"]);
    await using log = new RedisLog({ url: redis.url, keepsAcknowledged: true });
    const engine = new EngineWitness(log);
    const [before] = await log.append("room", [entry("a")]);
    await restart(redis, engine);
    expect((await log.read("room", ALL)).epoch).toBe(before!.epoch);
  });

  it("is heard through: every room is listened to again before the engine is up", async () => {
    await using redis = await startRedis(DURABLE);
    await using log = new RedisLog({ url: redis.url });
    await using other = new RedisLog({ url: redis.url });
    const [engine, otherEngine] = [new EngineWitness(log), new EngineWitness(other)];
    const rooms = Array.from({ length: 700 }, (_, i) => ({ name: `room ${i}`, witness: new RoomWitness() }));
    await Promise.all(rooms.map(({ name, witness }) => log.listen(name, witness)));
    await redis.kill();
    await Promise.all([engine.is("down"), otherEngine.is("down")]);
    await redis.start();
    await Promise.all([engine.is("up"), otherEngine.is("up")]);
    await Promise.all(rooms.map(({ name }) => other.append(name, [entry(name.replace(" ", "-"))])));
    await Promise.all(rooms.map(({ witness }) => witness.until(() => witness.entries.length === 1)));
    expect(rooms.map(({ witness }) => witness.ids)).toEqual(
      rooms.map(({ name }) => [name.replace(" ", "-")]),
    );
    expect(engine.statuses).toEqual(["up", "down", "up"]);
  });

  it("rejects what is asked meanwhile, soon", async () => {
    await using redis = await startRedis();
    await using log = new RedisLog({ url: redis.url });
    const engine = new EngineWitness(log);
    await engine.is("up");
    await redis.kill();
    await engine.is("down");
    const down = expect.objectContaining({ name: "EngineError", code: "ENGINE_DOWN" });
    await expect(log.append("room", [entry("a")])).rejects.toEqual(down);
    await expect(log.read("room", ALL)).rejects.toEqual(down);
    await expect(log.listen("room", new RoomWitness())).rejects.toEqual(down);
    await expect(log.announce("room", new Uint8Array())).rejects.toEqual(down);
    await expect(log.enter("room", "ann", new Uint8Array())).rejects.toEqual(down);
    await expect(log.exit("room", "ann")).rejects.toEqual(down);
    await expect(log.present("room")).rejects.toEqual(down);
  });

  it("before the first connection › is waited for, and told", async () => {
    await using redis = await startRedis();
    await redis.kill();
    await using log = new RedisLog({ url: redis.url });
    const engine = new EngineWitness(log);
    await expect(log.append("room", [entry("a")])).rejects.toMatchObject({ code: "ENGINE_DOWN" });
    await redis.start();
    await engine.is("up");
    expect(await log.append("room", [entry("a")])).toMatchObject([{ seq: 1 }]);
  });

  it("that fails over to a replica › begins a new epoch, however its servers store: the replica may lack something", async () => {
    await using master = await startRedis(DURABLE);
    await using replica = await startRedis([...DURABLE, "--replicaof", "127.0.0.1", String(master.port)]);
    while (!(await replica.client.info("replication")).includes("master_link_status:up")) {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    await using log = new RedisLog({ url: [master.url, replica.url], maxReconnectDelayMs: 50 });
    const engine = new EngineWitness(log);
    const [before] = await log.append("room", [entry("a")]);
    await master.kill();
    await engine.is("down");
    await replica.client.replicaof("NO", "ONE");
    await engine.is("up");
    const page = await log.read("room", ALL);
    expect(page.epoch).not.toBe(before!.epoch);
    expect(page.last).toBe(0);
  });
});
