// What rooms cost, measured, and what that means for small, large and very large systems.
import type { Check, Outcome } from "load/outcome";
import { type Assumptions, calculate, type Sizing } from "./calculate.ts";
import type { Costs } from "./costs.ts";
import { measure, type MeasureOptions } from "./measure.ts";

export interface SizingOptions extends MeasureOptions {
  readonly assumed: Omit<Assumptions, "connections">;
}

/** For whom the table is made. */
const CONNECTIONS = [10_000, 1_000_000, 100_000_000] as const;

/** An application where people talk: some rooms each, a message in half a minute. */
export const ASSUMED: Omit<Assumptions, "connections"> = {
  roomsPerConnection: 3,
  roomMembers: 30,
  publishedPerSecond: 1 / 30,
  wireBytes: 400,
  tlsBytes: 26_000,
  nodeMemoryBytes: 4 * 2 ** 30,
  maxMemoryUse: 0.6,
  maxCpuUse: 0.5,
  maxNodeConnections: 50_000,
};

export interface SizingResult {
  readonly costs: Costs;
  readonly assumed: SizingOptions["assumed"];
  readonly sizings: Readonly<Record<string, Sizing>>;
}

export async function sizing(
  { assumed, ...options }: SizingOptions,
  onProgress: (line: string) => void,
): Promise<Outcome<SizingResult>> {
  return tableOf({ costs: await measure(options, onProgress), assumed });
}

/** The same of what was measured before, or elsewhere; whatever of it you changed. */
export function tableOf({ costs, assumed }: Omit<SizingResult, "sizings">): Outcome<SizingResult> {
  const sizings: Record<string, Sizing> = {};
  for (const engine of Object.keys(costs.publish)) {
    for (const connections of CONNECTIONS) {
      // One process: there are no others to carry anything to.
      const isLocal = costs.publish[engine]!.engineUs === 0;
      if (isLocal && connections > CONNECTIONS[0]) continue;
      sizings[`${connections.toLocaleString("en")} on ${engine}`] = calculate(costs, engine, {
        ...assumed,
        connections,
      });
    }
  }
  return {
    result: { costs, assumed, sizings },
    checks: checksOf(costs),
    table: { ...costRows(costs), ...rows(sizings) },
  };
}

/** What costs nothing was not measured. */
function checksOf({ publish, ...costs }: Costs): readonly Check[] {
  const figures = {
    ...costs,
    ...Object.fromEntries(Object.entries(publish).map(([name, { nodeUs }]) => [name, nodeUs])),
  };
  return Object.entries(figures).map(([name, value]) => ({
    what: `${name} was measured`,
    measured: round(value),
    passed: Number.isFinite(value) && value > 0,
  }));
}

function costRows({ publish, ...costs }: Costs): Outcome<unknown>["table"] {
  return {
    ...Object.fromEntries(Object.entries(costs).map(([name, value]) => [name, { measured: round(value) }])),
    ...Object.fromEntries(
      Object.entries(publish).flatMap(([engine, { nodeUs, engineUs, hearUs, passUs }]) => [
        [`published on ${engine}`, { "node, µs": round(nodeUs), "engine, µs": round(engineUs) }],
        [`heard from ${engine}`, { "node, µs": round(hearUs), "engine, µs": round(passUs) }],
      ]),
    ),
  };
}

function rows(sizings: Readonly<Record<string, Sizing>>): Outcome<unknown>["table"] {
  return Object.fromEntries(
    Object.entries(sizings).map(([name, each]) => [
      name,
      {
        nodes: each.nodes,
        "bound by": each.boundBy,
        "node, MiB": Math.round(each.nodeMemoryBytes / 2 ** 20),
        "node, CPU": round(each.nodeCpuUse),
        shards: each.shards,
        "published/s": Math.round(each.publishedPerSecond),
        "delivered/s": Math.round(each.deliveredPerSecond),
        "to members, Mbit/s": round(each.memberBitsPerSecond / 1e6),
        "from engine, Mbit/s": round(each.engineBitsPerSecond / 1e6),
      },
    ]),
  );
}

function round(value: number): number {
  return Number(value.toPrecision(3));
}
