import * as api from "@ws/rooms-nats";
import { NatsLog, type NatsLogOptions } from "@ws/rooms-nats";
import { expect, it } from "vitest";

it("exports › are exactly these", () => {
  expect(Object.keys(api)).toEqual(["NatsLog"]);
});

it.each([
  { prefix: "" },
  { prefix: "a.b" },
  { shards: 0 },
  { shards: 257 },
  { replicas: 2 },
  { storage: "tape" as "file" },
  { maxStreamBytes: 0 },
  { requestTimeoutMs: 0 },
  { pingIntervalMs: 1 },
  { dedupeMs: -1 },
  { retention: { maxEntries: 0.5 } },
] satisfies NatsLogOptions[])("options › %j is refused before anything is connected", async (options) => {
  await expect(NatsLog.connect(options)).rejects.toThrow(RangeError);
});

it("options › a number that is none is refused", async () => {
  await expect(NatsLog.connect({ shards: "4" as unknown as number })).rejects.toThrow(TypeError);
});
