import { describe, expect, it } from "vitest";
import { type Assumptions, calculate } from "../src/sizing/calculate.ts";
import type { Costs } from "../src/sizing/costs.ts";

const COSTS: Costs = {
  nodeBytes: 50e6,
  connectionBytes: 10_000,
  membershipBytes: 500,
  roomBytes: 2000,
  deliveryUs: 5,
  publish: {
    inside: { nodeUs: 20, engineUs: 0, hearUs: 10, passUs: 0 },
    outside: { nodeUs: 50, engineUs: 40, hearUs: 0, passUs: 0 },
  },
};

const ASSUMED: Assumptions = {
  connections: 10_000,
  roomsPerConnection: 2,
  roomMembers: 50,
  publishedPerSecond: 0.1,
  wireBytes: 300,
  tlsBytes: 0,
  nodeMemoryBytes: 2e9,
  maxMemoryUse: 0.5,
  maxCpuUse: 0.5,
  maxNodeConnections: 100_000,
};

describe("calculate", () => {
  it("adds up what a small system needs", () => {
    // 1,000 published and 50,000 delivered a second: 0.05 and 0.25 cores.
    expect(calculate(COSTS, "outside", ASSUMED)).toEqual({
      nodes: 1,
      boundBy: "memory",
      connectionsPerNode: 10_000,
      // 50 MB, and 10,000 × (10,000 + 2 × 500), and 400 rooms × 2,000.
      nodeMemoryBytes: 50e6 + 110e6 + 0.8e6,
      nodeCpuUse: 0.3,
      shards: 1,
      publishedPerSecond: 1000,
      deliveredPerSecond: 50_000,
      memberBitsPerSecond: 50_000 * 300 * 8,
      engineBitsPerSecond: 1000 * 300 * 8,
      nodesPerRoom: 1,
    });
  });

  it("needs no shards where the engine is in the node", () => {
    expect(calculate(COSTS, "inside", ASSUMED).shards).toBe(0);
  });

  it("is bound by whatever needs most", () => {
    const of = (changed: Partial<Assumptions>): ReturnType<typeof calculate> =>
      calculate(COSTS, "outside", { ...ASSUMED, connections: 1e6, ...changed });
    // 100,000 published, 5,000,000 delivered: 30 cores, of which half may be used.
    expect(of({})).toMatchObject({ nodes: 60, boundBy: "cpu", nodeCpuUse: 0.5, shards: 8 });
    expect(of({ publishedPerSecond: 0 })).toMatchObject({ nodes: 13, boundBy: "memory", shards: 0 });
    expect(of({ publishedPerSecond: 0, maxNodeConnections: 20_000 })).toMatchObject({
      nodes: 50,
      boundBy: "connections",
      connectionsPerNode: 20_000,
    });
  });

  it("sends a message to every node that has a member, at most to as many as there are members", () => {
    const { nodesPerRoom, engineBitsPerSecond, publishedPerSecond } = calculate(COSTS, "outside", {
      ...ASSUMED,
      connections: 1e8,
    });
    expect(nodesPerRoom).toBeGreaterThan(49);
    expect(nodesPerRoom).toBeLessThanOrEqual(50);
    expect(engineBitsPerSecond).toBe(publishedPerSecond * nodesPerRoom * 300 * 8);
  });

  it("counts what each node that has a member takes to hear of a message, and the engine to pass it on", () => {
    const heard: Costs = {
      ...COSTS,
      publish: { outside: { nodeUs: 50, engineUs: 40, hearUs: 20, passUs: 5 } },
    };
    // One node hears of all 1,000 a second once.
    expect(calculate(heard, "outside", ASSUMED).nodeCpuUse).toBeCloseTo(0.32);
    const { nodes, nodesPerRoom, nodeCpuUse, shards } = calculate(heard, "outside", {
      ...ASSUMED,
      connections: 1e6,
    });
    const cores = 30 + (100_000 * nodesPerRoom * 20) / 1e6;
    expect(nodeCpuUse).toBeCloseTo(cores / nodes);
    expect(nodeCpuUse).toBeLessThanOrEqual(0.5);
    expect(shards).toBe(Math.ceil((100_000 * (40 + nodesPerRoom * 5)) / 1e6 / 0.5));
    expect(nodes).toBeGreaterThan(60);
  });

  it("keeps within the memory of a node, and not by more nodes than that takes", () => {
    const assumed = { ...ASSUMED, connections: 1e6, publishedPerSecond: 0 };
    const { nodes, nodeMemoryBytes } = calculate(COSTS, "outside", assumed);
    expect(nodeMemoryBytes).toBeLessThanOrEqual(1e9);
    const fewer = { ...assumed, maxNodeConnections: Math.ceil(1e6 / (nodes - 1)), maxMemoryUse: 1 };
    expect(calculate(COSTS, "outside", fewer).nodeMemoryBytes).toBeGreaterThan(1e9);
  });

  it("refuses what makes no sense", () => {
    expect(() => calculate(COSTS, "clay", ASSUMED)).toThrow("Cannot calculate for clay: it was not measured");
    expect(() => calculate(COSTS, "outside", { ...ASSUMED, connections: -1 })).toThrow(
      "Cannot assume connections to be -1",
    );
    expect(() => calculate(COSTS, "outside", { ...ASSUMED, nodeMemoryBytes: 1e6 })).toThrow(
      "however many nodes there are, one of them has too much to do",
    );
  });
});
