import { describe, expect, it } from "vitest";
import { makePlan, type PlanOptions, type Step } from "../src/plan.ts";
import { Random } from "../src/random.ts";

const OPTIONS: PlanOptions = {
  durationMs: 120_000,
  nodes: 3,
  engineRestarts: 2,
  rhythm: {
    nodeKills: [3000, 6000],
    nodeDown: [300, 2500],
    engineDown: [500, 3000],
    linkCalm: [4000, 15_000],
    linkFault: [300, 5000],
  },
};

function planOf(seed: string, options: Partial<PlanOptions> = {}): readonly Step[] {
  return makePlan({ ...OPTIONS, ...options }, new Random(seed));
}

describe("makePlan", () => {
  it("is the same for the same seed, and another one for another", () => {
    expect(planOf("a")).toEqual(planOf("a"));
    expect(planOf("a")).not.toEqual(planOf("b"));
  });

  it("breaks everything, in the order of time, and within it", () => {
    const steps = planOf("a");
    const times = steps.map(({ atMs }) => atMs);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    expect(times.every((atMs) => atMs >= 0 && atMs < OPTIONS.durationMs)).toBe(true);
    const kinds = new Set(steps.map(({ what }) => what));
    expect([...kinds].toSorted()).toEqual(
      [
        "cut",
        "kill-engine",
        "kill-node",
        "restore",
        "stall",
        "start-engine",
        "start-node",
        "thin",
      ].toSorted(),
    );
    expect(steps.filter(({ what }) => what === "kill-engine")).toHaveLength(2);
    expect(steps.filter(({ what }) => what === "kill-node").length).toBeGreaterThanOrEqual(120 / 6 - 1);
  });

  it.each(["a", "b", "c", "d"])("kills a node only while it runs, seed %s", (seed) => {
    const down = new Set<number>();
    for (const step of planOf(seed, { nodes: 1 })) {
      if (step.what === "kill-node") {
        expect(down.has(step.node)).toBe(false);
        down.add(step.node);
      } else if (step.what === "start-node") {
        expect(down.delete(step.node)).toBe(true);
      }
    }
  });
});

describe("Random", () => {
  it("is even enough, and its streams are apart", () => {
    const random = new Random("seed");
    const counts = Array.from({ length: 10 }, () => 0);
    for (let i = 0; i < 10_000; i++) counts[random.below(10)]!++;
    for (const count of counts) expect(Math.abs(count - 1000)).toBeLessThan(150);
    const drawn = random.stream("one");
    drawn.next();
    expect(random.stream("two").next()).toBe(new Random("seed").stream("two").next());
    expect(random.stream("one").next()).not.toBe(random.stream("two").next());
  });
});
