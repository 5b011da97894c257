// What only a Cluster can do: lose one of its servers, and move rooms from one to another.
import { RedisLog } from "@ws/rooms-redis";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type RedisCluster, startCluster } from "./redis-cluster.ts";
import { DURABLE, hasRedis, type RedisServer } from "./redis-server.ts";
import { EngineWitness, entry, RoomWitness } from "./witness.ts";

const ALL = { after: 0, limit: 100 } as const;

describe.skipIf(!hasRedis)("Cluster", () => {
  let cluster: RedisCluster;
  beforeEach(async () => {
    cluster = await startCluster(DURABLE);
  });
  afterEach(() => cluster.stop());

  const serverOf = (room: string): Promise<RedisServer> => cluster.serverOf(`{${room}}`);
  /** One room on each server. */
  const rooms = async (): Promise<readonly string[]> => {
    const found = new Map<RedisServer, string>();
    for (let i = 0; found.size < cluster.servers.length; i++)
      found.set(await serverOf(`room${i}`), `room${i}`);
    return [...found.values()];
  };

  it("has all keys of a room in the slot where we look for it, whatever the room is called", async () => {
    await using log = new RedisLog({ url: cluster.urls });
    const engine = new EngineWitness(log);
    const names = ["a", "lobby", "{b}", "{}", "}{", "ä \u{1f600}", "x".repeat(200), ...Array(100).keys()].map(
      String,
    );
    for (const name of names) {
      await log.append(name, [entry("a")]);
      await log.enter(name, "ann", new Uint8Array());
    }
    const keys = (await Promise.all(cluster.servers.map(({ client }) => client.keys("ws:*")))).flat();
    // The state, the entries, the ids, who is present; and one lease.
    expect(keys).toHaveLength(4 * names.length + 1);
    expect(new Set(keys.map((key) => /\{(.+)\}/.exec(key)![1])).size).toBe(names.length + 1);
    // Had we looked elsewhere we would have been sent on, and been down for it.
    expect(engine.statuses).toEqual(["up"]);
  });

  it("is found by any of its servers", async () => {
    for (const url of cluster.urls) {
      await using log = new RedisLog({ url });
      for (const room of await rooms()) expect((await log.append(room, [entry(url)])).length).toBe(1);
    }
  });

  it("that loses one server › serves the rooms of the others, and is up again with it", async () => {
    await using log = new RedisLog({ url: cluster.urls, maxReconnectDelayMs: 100 });
    const engine = new EngineWitness(log);
    const [lost, kept] = (await rooms()) as [string, string];
    const room = new RoomWitness();
    await log.listen(lost, room);
    const [before] = await log.append(lost, [entry("a")]);
    // Where a Cluster lacks slots, its other servers go on only if they are told to.
    for (const { client } of cluster.servers) {
      await client.config("SET", "cluster-require-full-coverage", "no");
    }
    const server = await serverOf(lost);
    await server.kill();
    await engine.is("down");
    await expect(log.append(lost, [entry("b")])).rejects.toMatchObject({ code: "ENGINE_DOWN" });
    expect(await log.append(kept, [entry("b")])).toMatchObject([{ seq: 1 }]);
    await server.start();
    await engine.is("up");
    expect(await log.append(lost, [entry("b")])).toMatchObject([{ epoch: before!.epoch, seq: 2 }]);
    await room.until(() => room.ids.includes("b"));
  });

  it("that moves a room › is followed there, and the room is heard from there", async () => {
    await using log = new RedisLog({ url: cluster.urls, maxReconnectDelayMs: 100 });
    await using other = new RedisLog({ url: cluster.urls, maxReconnectDelayMs: 100 });
    const engine = new EngineWitness(log);
    const [moved] = (await rooms()) as [string];
    const room = new RoomWitness();
    await log.listen(moved, room);
    const [before] = await log.append(moved, [entry("a")]);
    await moveRoom(moved);
    await engine.until(() => engine.statuses.length >= 3 && log.status === "up");
    expect(await other.append(moved, [entry("a"), entry("b")])).toEqual([
      { epoch: before!.epoch, seq: 1, isDuplicate: true },
      { epoch: before!.epoch, seq: 2, isDuplicate: false },
    ]);
    await room.until(() => room.ids.includes("b"));
    expect((await log.read(moved, ALL)).entries.map(({ id }) => id)).toEqual(["a", "b"]);
  });

  /** Moves the slot of a room to another server. */
  async function moveRoom(room: string): Promise<void> {
    const from = await serverOf(room);
    const to = cluster.servers.find((server) => server !== from)!;
    const slot = String(await from.client.cluster("KEYSLOT", `{${room}}`));
    const [fromId, toId] = await Promise.all([from, to].map(({ client }) => client.cluster("MYID")));
    await to.client.call("CLUSTER", "SETSLOT", slot, "IMPORTING", String(fromId));
    await from.client.call("CLUSTER", "SETSLOT", slot, "MIGRATING", String(toId));
    const keys = (await from.client.call("CLUSTER", "GETKEYSINSLOT", slot, "100")) as string[];
    await from.client.call("MIGRATE", "127.0.0.1", String(to.port), "", "0", "5000", "KEYS", ...keys);
    for (const { client } of [to, from]) await client.call("CLUSTER", "SETSLOT", slot, "NODE", String(toId));
  }
});
