import * as api from "@ws/rooms-redis";
import { RedisLog, type RedisLogOptions } from "@ws/rooms-redis";
import { describe, expect, it } from "vitest";
import { hasRedis, startRedis } from "./redis-server.ts";

it("exports › are exactly these", () => {
  expect(Object.keys(api)).toEqual(["RedisLog"]);
});

describe("options", () => {
  it.each<[string, object, string]>([
    ["url", { url: "localhost" }, "Cannot use url: it is not a URL"],
    ["url", { url: [] }, "Cannot use url: it is an empty list"],
    [
      "url",
      { url: "http://localhost" },
      "Cannot use a url that begins with http:: redis:, rediss: and unix: can be",
    ],
    [
      "url",
      { url: "redis://localhost/one" },
      "Cannot use url: its path /one is not the number of a database",
    ],
    ["prefix", { prefix: "{x}" }, 'Cannot use prefix "{x}": it must be printable ASCII without braces'],
    [
      "pingIntervalMs",
      { pingIntervalMs: 0 },
      "Cannot set pingIntervalMs to 0: it must be a whole number from 1 to 2147483647",
    ],
    ["leaseMs", { leaseMs: "1" }, "Cannot set leaseMs to a value of type string: it must be a number"],
  ])("refuse a wrong %s where they are given: %j", (_, options, message) => {
    expect(() => new RedisLog(options as RedisLogOptions)).toThrow(message);
  });

  it("do not repeat a password that is in a URL which cannot be used", () => {
    expect(() => new RedisLog({ url: "redis://:secret@[nowhere" })).toThrow(/^(?!.*secret)/);
  });

  it.skipIf(!hasRedis)("take the path of a socket, and the number of a database", async () => {
    await using redis = await startRedis(["--unixsocket", "redis.sock", "--databases", "4"]);
    const [, folder] = await redis.client.config("GET", "dir");
    await using bySocket = new RedisLog({ url: `unix:${folder}/redis.sock` });
    await using byDatabase = new RedisLog({ url: `${redis.url}/3` });
    for (const log of [bySocket, byDatabase]) await log.read("room", { after: 0, limit: 1 });
    expect(await redis.client.exists("ws:{room}:state")).toBe(1);
    await redis.client.select(3);
    expect(await redis.client.exists("ws:{room}:state")).toBe(1);
  });
});
