// What a person, and an address, may ask of the lab, on a clock of the test's own.
import { describe, expect, it } from "vitest";
import { LabBudget } from "../../src/server/lab/lab-budget.ts";
import { LAB_LIMITS } from "../../src/shared/lab/lab-limits.ts";

const { burstBytes, bytesPerSecond } = LAB_LIMITS;

describe("the lab's budget", () => {
  it("is a person's, and an address's that several share", () => {
    let now = 0;
    const budget = new LabBudget(2, () => now);
    const person = (name: number): { personKey: string; address: string } => ({
      personKey: `person${name}`,
      address: "192.0.2.1",
    });
    expect(budget.spendBytes(person(1), burstBytes)).toBe(0);
    expect(budget.spendBytes(person(1), bytesPerSecond)).toBe(1000);
    now = 1000;
    expect(budget.spendBytes(person(1), bytesPerSecond)).toBe(0);
    for (const name of [2, 3, 4]) expect(budget.spendBytes(person(name), burstBytes)).toBe(0);
    expect(budget.spendBytes(person(5), burstBytes)).toBeGreaterThan(0);
    expect(budget.spendBytes({ personKey: "person6", address: "192.0.2.2" }, burstBytes)).toBe(0);

    const leave = budget.enter(person(1));
    expect(budget.enter(person(1))).toBeDefined();
    expect(budget.enter(person(1))).toBeUndefined();
    leave?.();
    leave?.();
    expect(budget.enter(person(1))).toBeDefined();
    expect(budget.enter(person(1))).toBeUndefined();
    for (const name of [2, 2, 3, 3, 4, 4]) expect(budget.enter(person(name))).toBeDefined();
    expect(budget.enter(person(5))).toBeUndefined();
  });

  it("forgets those who have all of it back", () => {
    let now = 0;
    const budget = new LabBudget(2, () => now);
    const spender = { personKey: "spender", address: "192.0.2.1" };
    expect(budget.spendBytes(spender, burstBytes)).toBe(0);
    // More people than are kept, who ask for next to nothing; then all but the spender have it back.
    for (let i = 0; i < 9_999; i++) budget.spendBytes({ personKey: `p${i}`, address: `a${i}` }, 1);
    now = 1000;
    for (let i = 0; i < 9_000; i++) budget.spendBytes({ personKey: `q${i}`, address: `b${i}` }, 1);
    expect(budget.spendBytes(spender, burstBytes)).toBeGreaterThan(0);
  });
});
