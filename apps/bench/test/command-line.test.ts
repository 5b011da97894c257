import { describe, expect, it } from "vitest";
import { parseCommand } from "../src/command-line.ts";
import { chartsOf } from "../src/report/charts.ts";
import { joinRuns, type Run } from "../src/report/joined.ts";
import { markdownOf } from "../src/report/markdown.ts";
import { settingOf } from "../src/report/setting.ts";
import { tablesOf } from "../src/report/tables.ts";
import type { Measurement } from "../src/run/rounds.ts";

describe("parseCommand", () => {
  it("takes names and beginnings of names", () => {
    const { plan } = parseCommand(["--peers", "ws,own", "--loads", "20B-x1,client", "--rounds", "3"]);
    expect(plan.subjects.map(({ name }) => name)).toEqual(["own", "ws"]);
    expect(plan.loads.map(({ name }) => name)).toEqual([
      "20B-x1",
      "client-20B-x1",
      "client-20B-x16",
      "client-1KiB-x16",
      "client-64KiB",
    ]);
    expect(plan.rounds).toBe(3);
  });

  it.each([
    [["--peers", "nobody"], "Cannot measure nobody: there are own, own-fast, own-compat, ws, "],
    [["--loads", "nothing"], "Cannot run load nothing: there are 20B-x1, "],
    [["--node", "3"], "Cannot run Node 3"],
    [["--rounds", "0"], "Cannot set rounds to 0"],
    [["--fast"], "Unknown option"],
  ])("refuses %j", (args, message) => {
    expect(() => parseCommand(args)).toThrow(message);
  });
});

describe("joinRuns", () => {
  const { plan } = parseCommand(["--peers", "own,ws", "--loads", "20B-x1,20B-x16"]);
  const run = (subject: string, at: number): Run => {
    const median = { cpuUs: 1, perSecond: 1, p50Us: 1, p99Us: 1 };
    const measurements = [{ load: { ...plan.loads[at]! }, subject, samples: [median], median }];
    return { setting: settingOf(plan, [subject]), measurements };
  };

  it("makes one of runs, each load once, and says all commands", () => {
    const { setting, measurements } = joinRuns([run("own", 0), run("own", 1), run("ws", 1)]);
    expect(measurements.map(({ load, subject }) => `${load.name} ${subject}`)).toEqual([
      "20B-x1 own",
      "20B-x16 own",
      "20B-x16 ws",
    ]);
    expect(measurements[1]!.load).toBe(measurements[2]!.load);
    expect(setting.command).toBe("pnpm bench own; pnpm bench own; pnpm bench ws");
    expect(tablesOf(measurements)[0]!.rows).toHaveLength(2);
  });

  it("refuses none, and two that have measured the same", () => {
    expect(() => joinRuns([])).toThrow("Cannot report nothing");
    expect(() => joinRuns([run("own", 0), run("own", 0)])).toThrow("two have measured 20B-x1 of own");
  });
});

describe("report", () => {
  const { plan } = parseCommand(["--peers", "own,ws", "--loads", "20B-x1"]);
  const [load] = plan.loads;
  const measurement = (subject: string, cpuUs: number): Measurement => {
    const median = { cpuUs, perSecond: 1e6 / cpuUs, p50Us: 10, p99Us: 20 };
    return { load: load!, subject, samples: [median], median };
  };
  const measurements = [measurement("own", 5), measurement("ws", 10)];
  const setting = settingOf(plan, ["--short"]);

  it("compares with ws, and says how it was measured", () => {
    const text = markdownOf(setting, tablesOf(measurements));
    expect(text).toMatch(/\| 20 B, one at a time +\| 5\.00 \(2\.00×\) \| 10\.0/);
    expect(text).toContain("Command: pnpm bench --short");
  });

  it("does not hide who failed", () => {
    const failed = [...measurements, { ...measurement("net", 1), failure: "wrong bytes" }];
    expect(markdownOf(setting, tablesOf(failed))).toMatch(/\| failed /);
  });

  it("draws who is twice as fast", () => {
    const chart = chartsOf(setting, measurements).get("servers.svg")!;
    expect(chart).toContain(">2.0×<");
    expect(chart).toContain("prefers-color-scheme:dark");
  });
});
