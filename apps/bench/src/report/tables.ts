// What was measured, as tables for people: a row for each load, a column for each peer.
import type { Load } from "../loads/load.ts";
import type { Sample } from "../run/measure.ts";
import type { Measurement } from "../run/rounds.ts";

/** Whom the others are compared with. */
const BASE = "ws";

export interface Table {
  readonly title: string;
  readonly columns: readonly string[];
  readonly rows: readonly { readonly title: string; readonly cells: readonly string[] }[];
}

export function tablesOf(measurements: readonly Measurement[]): readonly Table[] {
  const servers = measurements.filter(({ load }) => load.drive !== "client" && load.drive !== "idle");
  const clients = measurements.filter(({ load }) => load.drive === "client");
  const idle = measurements.filter(({ load }) => load.drive === "idle");
  const speed = (of: string, some: readonly Measurement[]): Table[] => [
    tableOf(`${of}: processor time for each, µs (in brackets: times as fast as ws)`, some, costCell),
    tableOf(`${of}: thousands per second | round trip p50 | p99, µs`, some, rateCell),
  ];
  return [
    ...speed("Servers", servers),
    ...speed("Clients", clients),
    tableOf(
      "Memory of one connection, KiB: heap + native (in brackets: of what ws takes) | RSS",
      idle,
      memoryCell,
    ),
  ].filter(({ rows }) => rows.length > 0);
}

/** How many times as much of the base's. @returns `undefined` where that was not measured */
export function timesBase(
  measurements: readonly Measurement[],
  { load, subject, median }: Measurement,
  figure: (sample: Sample) => number | undefined,
): number | undefined {
  const [, node = ""] = subject.split("@");
  const base = measurements.find(
    (each) => each.load === load && each.subject === (node === "" ? BASE : `${BASE}@${node}`),
  );
  // What brings its own runtime is compared with the first Node there is.
  const of = base ?? measurements.find((each) => each.load === load && each.subject.startsWith(`${BASE}@`));
  const [mine, theirs] = [figure(median), of && figure(of.median)];
  return mine === undefined || theirs === undefined ? undefined : theirs / mine;
}

export const costOf = (sample: Sample): number | undefined => sample.cpuUs;

export function keptOf({ heapBytes, nativeBytes }: Sample): number | undefined {
  return heapBytes === undefined || nativeBytes === undefined ? undefined : heapBytes + nativeBytes;
}

type Cell = (measurement: Measurement, all: readonly Measurement[]) => string;

function costCell(measurement: Measurement, all: readonly Measurement[]): string {
  const times = timesBase(all, measurement, costOf);
  const cost = digits(measurement.median.cpuUs!);
  return times === undefined || measurement.subject.split("@")[0] === BASE
    ? cost
    : `${cost} (${digits(times)}×)`;
}

function rateCell({ median: { perSecond, p50Us, p99Us } }: Measurement): string {
  return `${digits(perSecond! / 1000)} | ${digits(p50Us!)} | ${digits(p99Us!)}`;
}

function memoryCell(measurement: Measurement, all: readonly Measurement[]): string {
  const times = timesBase(all, measurement, keptOf);
  const { median, subject } = measurement;
  const share = times === undefined || subject.split("@")[0] === BASE ? "" : ` (${(1 / times).toFixed(2)})`;
  return `${digits(keptOf(median)! / 1024)}${share} | ${digits(median.rssBytes! / 1024)}`;
}

function tableOf(title: string, measurements: readonly Measurement[], cell: Cell): Table {
  const columns = [...new Set(measurements.map(({ subject }) => subject))];
  const loads = [...new Set<Load>(measurements.map(({ load }) => load))];
  const cellOf = (load: Load, column: string): string => {
    const measurement = measurements.find((each) => each.load === load && each.subject === column);
    if (measurement === undefined) return "–";
    return measurement.failure === undefined ? cell(measurement, measurements) : "failed";
  };
  return {
    title,
    columns,
    rows: loads.map((load) => {
      return { title: load.title, cells: columns.map((column) => cellOf(load, column)) };
    }),
  };
}

/** Three digits that count. */
export function digits(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toPrecision(3);
}
