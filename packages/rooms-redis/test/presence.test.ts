// Presence where nodes are lost and come back: nobody stays who is not there.
import { RedisLog } from "@ws/rooms-redis";
import { describe, expect, it } from "vitest";
import { startLinkProxy } from "./link-proxy.ts";
import { hasRedis, startRedis } from "./redis-server.ts";
import { EngineWitness } from "./witness.ts";

const NOTHING = new Uint8Array();

describe.skipIf(!hasRedis)("presence", () => {
  it("does not bring back who left while the node was cut off", async () => {
    await using redis = await startRedis();
    await using proxy = await startLinkProxy(redis.port);
    await using log = new RedisLog({ url: proxy.url, maxReconnectDelayMs: 20 });
    await using other = new RedisLog({ url: redis.url });
    const engine = new EngineWitness(log);
    await log.enter("room", "ann", NOTHING);
    await log.enter("room", "ben", NOTHING);
    proxy.cut();
    await engine.is("down");
    await expect(log.exit("room", "ann")).rejects.toMatchObject({ code: "ENGINE_DOWN" });
    proxy.restore();
    await engine.is("up");
    await log.enter("room", "ben", NOTHING);
    expect((await other.present("room")).map(({ person }) => person)).toEqual(["ben"]);
  });

  it("whose lease has expired though the node lives › is told as an outage, so that it is entered again", async () => {
    await using redis = await startRedis();
    await using log = new RedisLog({ url: redis.url, leaseMs: 1500, maxReconnectDelayMs: 20 });
    const engine = new EngineWitness(log);
    await log.enter("room", "ann", NOTHING);
    await redis.client.del(`ws:{${log.node}}:lease`);
    await engine.until(() => engine.statuses.length === 3);
    expect(engine.statuses).toEqual(["up", "down", "up"]);
    expect(engine.errors[1]?.message).toBe("The lease of this node has expired after 1500 ms");
    expect(await log.present("room")).toEqual([]);
    await log.enter("room", "ann", NOTHING);
    expect(await log.present("room")).toHaveLength(1);
  });

  it("of dead nodes is cleaned away by whoever comes across it", async () => {
    await using redis = await startRedis();
    await using log = new RedisLog({ url: redis.url });
    const dead = new RedisLog({ url: redis.url });
    await dead.enter("room", "ann", NOTHING);
    await log.enter("room", "ben", NOTHING);
    await dead.close();
    expect((await log.present("room")).map(({ person }) => person)).toEqual(["ben"]);
    // Asked for on the same connection, behind the cleaning.
    await log.present("room");
    expect(await redis.client.hkeys("ws:{room}:presence")).toEqual([`${log.node}ben`]);
  });
});
