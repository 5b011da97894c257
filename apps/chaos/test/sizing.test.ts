// The short form of the measurement: whether it measures, never what.
import { describe, expect, it } from "vitest";
import { type EngineName, ENGINES } from "../src/engine/engine.ts";
import { ASSUMED, sizing, tableOf } from "../src/sizing/sizing.ts";

const isCi = process.env["CI"] === "true";
const servers = (Object.keys(ENGINES) as EngineName[]).filter((name) => isCi || ENGINES[name].isThere);

describe("sizing", () => {
  it("measures a cost of everything, and says what that means", { timeout: 120_000 }, async () => {
    const engines = ["memory", "sqlite", ...servers] as const;
    const { checks, result } = await sizing(
      { connections: 300, rooms: 5, members: 50, publishers: 10, publishMs: 300, engines, assumed: ASSUMED },
      () => {},
    );
    // Of the memory so few connections say nothing: RSS moves in larger steps.
    expect(checks.filter(({ what, passed }) => !passed && !what.includes("Bytes"))).toEqual([]);
    // The same again, from what was measured alone.
    expect(tableOf(result).result.sizings).toEqual(result.sizings);
    expect(Object.keys(result.costs.publish)).toEqual(engines);
    expect(result.costs.publish["memory"]!.engineUs).toBe(0);
    // How many nodes that takes is what was measured: on a busy machine more than one.
    expect(result.sizings["10,000 on memory"]).toMatchObject({ shards: 0 });
    expect(result.sizings["10,000 on memory"]!.nodes).toBeGreaterThanOrEqual(1);
    for (const name of servers) {
      expect(result.sizings[`100,000,000 on ${name}`]!.nodes).toBeGreaterThanOrEqual(
        1e8 / ASSUMED.maxNodeConnections,
      );
    }
  });
});
