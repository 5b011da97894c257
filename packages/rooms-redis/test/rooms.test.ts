// Typed rooms from end to end, on one server and on a Cluster.
import { roomsOver } from "@ws/rooms/contract";
import { afterAll, beforeAll, describe } from "vitest";
import { createEngine, oneServer, TRAITS } from "./engine.ts";
import { type RedisCluster, startCluster } from "./redis-cluster.ts";
import { DURABLE, hasRedis, type RedisServer, startRedis } from "./redis-server.ts";

describe.skipIf(!hasRedis)("one server", () => {
  let redis: RedisServer;
  beforeAll(async () => {
    redis = await startRedis(DURABLE);
  });
  afterAll(() => redis.stop());

  roomsOver("RedisLog on one server", {
    traits: TRAITS,
    create: (options) => createEngine(oneServer(redis), options),
  });
});

describe.skipIf(!hasRedis)("Cluster", () => {
  let cluster: RedisCluster;
  beforeAll(async () => {
    cluster = await startCluster(DURABLE);
  });
  afterAll(() => cluster.stop());

  roomsOver("RedisLog on a Cluster", { traits: TRAITS, create: (options) => createEngine(cluster, options) });
});
