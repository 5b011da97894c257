// What every engine promises, on a Cluster of three masters; about its outages: cluster-outages.test.ts.
import { roomLogContract } from "@ws/rooms/contract";
import { afterAll, beforeAll, describe } from "vitest";
import { createEngine, TRAITS } from "./engine.ts";
import { type RedisCluster, startCluster } from "./redis-cluster.ts";
import { DURABLE, hasRedis } from "./redis-server.ts";

describe.skipIf(!hasRedis)("Cluster", () => {
  let cluster: RedisCluster;
  beforeAll(async () => {
    cluster = await startCluster(DURABLE);
  });
  afterAll(() => cluster.stop());

  roomLogContract(
    "RedisLog on a Cluster",
    { traits: TRAITS, create: (options) => createEngine(cluster, options) },
    "steady",
  );
});
