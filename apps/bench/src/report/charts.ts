// What was measured, as charts: how much further a processor, and a gigabyte, go than with ws.
import type { Load } from "../loads/load.ts";
import type { Measurement } from "../run/rounds.ts";
import { type BarChart, barChart } from "./bar-chart.ts";
import { describe, type Setting } from "./setting.ts";
import { costOf, keptOf, timesBase } from "./tables.ts";

/** File name → SVG. */
export function chartsOf(setting: Setting, measurements: readonly Measurement[]): Map<string, string> {
  const sound = measurements.filter(({ failure }) => failure === undefined);
  const drives = (...some: Load["drive"][]): Measurement[] =>
    sound.filter(({ load }) => some.includes(load.drive));
  const charts: [string, string, Measurement[], typeof costOf][] = [
    [
      "servers",
      "Servers: work done for the same processor time, ws = 1",
      drives("echo", "broadcast", "handshake"),
      costOf,
    ],
    ["clients", "Clients: work done for the same processor time, ws = 1", drives("client"), costOf],
    ["memory", "Idle connections that fit into the same memory, ws = 1", drives("idle"), keptOf],
  ];
  const [when, where, how, versions] = describe(setting);
  const files = new Map<string, string>();
  for (const [name, title, some, figure] of charts) {
    const chart = chartOf(title, some, figure, [when!, `${where}. ${how}.`, versions!]);
    if (chart !== undefined) files.set(`${name}.svg`, barChart(chart));
  }
  return files;
}

function chartOf(
  title: string,
  measurements: readonly Measurement[],
  figure: typeof costOf,
  notes: readonly string[],
): BarChart | undefined {
  const series = [...new Set(measurements.map(({ subject }) => subject))].filter((name) => name !== "ws");
  const loads = [...new Set(measurements.map(({ load }) => load))];
  const groups = loads.map((load) => {
    const values = series.map((name) => {
      const measurement = measurements.find((each) => each.load === load && each.subject === name);
      return measurement && timesBase(measurements, measurement, figure);
    });
    return { title: load.title, values };
  });
  const shown = groups.filter(({ values }) => values.some((value) => value !== undefined));
  if (shown.length === 0) return undefined;
  return {
    title,
    subtitle: "Longer to the right is better; each line is twice the one before",
    series,
    groups: shown,
    notes,
  };
}
