// What every engine promises, on one server.
import { roomLogContract } from "@ws/rooms/contract";
import { afterAll, beforeAll, describe } from "vitest";
import { createEngine, oneServer, TRAITS } from "./engine.ts";
import { DURABLE, hasRedis, type RedisServer, startRedis } from "./redis-server.ts";

describe.skipIf(!hasRedis)("one server", () => {
  let redis: RedisServer;
  beforeAll(async () => {
    redis = await startRedis(DURABLE);
  });
  afterAll(() => redis.stop());

  roomLogContract("RedisLog on one server", {
    traits: TRAITS,
    create: (options) => createEngine(oneServer(redis), options),
  });
});
