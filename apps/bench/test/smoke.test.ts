// Every load for a moment, against our own stack: the figures exist and every byte was right. Never how fast it was.
import { describe, expect, it } from "vitest";
import { loads } from "../src/loads/loads.ts";
import type { Load } from "../src/loads/load.ts";
import { peers } from "../src/peers/peers.ts";
import { measure, type Sample } from "../src/run/measure.ts";

const TIMES = { warmUpMs: 10, measureMs: 50 };

/** The same with few connections. */
function small(load: Load): Load {
  const connections = Math.min(load.connections, load.drive === "idle" ? 100 : 20);
  return { ...load, connections, warmUpMs: 0, ...(load.active !== undefined && { active: 5 }) };
}

function run(load: Load, name: string): Promise<Sample> {
  const peer = peers.find((each) => each.name === name)!;
  return measure(small(load), { peer, node: process.execPath }, TIMES, undefined);
}

describe.concurrent("own under", { timeout: 60_000 }, () => {
  it.each(loads.map((load) => [load.name, load] as const))("%s", async (_name, load) => {
    const sample = await run(load, "own");
    const names =
      load.drive === "idle"
        ? ["heapBytes", "nativeBytes", "rssBytes"]
        : ["cpuUs", "perSecond", "p50Us", "p99Us"];
    expect(Object.keys(sample).toSorted()).toEqual(names.toSorted());
    for (const value of Object.values(sample)) expect(value).toSatisfy(Number.isFinite);
    if (load.drive !== "idle") expect(Math.min(...(Object.values(sample) as number[]))).toBeGreaterThan(0);
  });
});

describe.concurrent("the floor under", { timeout: 60_000 }, () => {
  it.each(
    loads
      .filter(({ name }) => ["20B-x16", "ingest-1MiB", "broadcast-x16"].includes(name))
      .map((load) => [load.name, load] as const),
  )("%s", async (_name, load) => {
    expect((await run(load, "net")).perSecond).toBeGreaterThan(0);
  });
});

describe("measure", () => {
  // The floor sends the request back, which is no handshake.
  it("fails where something else comes back than must", async () => {
    const peer = { ...peers.find(({ name }) => name === "net")!, wire: "websocket" as const };
    const load = loads.find(({ name }) => name === "20B-x1")!;
    await expect(measure(small(load), { peer, node: process.execPath }, TIMES, undefined)).rejects.toThrow(
      "Cannot open a connection: GET / HTTP/1.1",
    );
  });
});
