// The results of the size lab as rows of text: what the table shows, and what is copied out of it.
import type { Measurement, MeasurementPlan } from "../../../shared/lab/measurement.ts";
import { formatBytes, formatMs, formatRange, formatRate, formatSize } from "./format.ts";

export type Runner = "browser" | "server";

export interface Result {
  readonly number: number;
  readonly runner: Runner;
  readonly plan: MeasurementPlan;
  readonly measurement: Measurement;
}

export const COLUMNS = [
  { id: "number", label: "#", about: "In the order of measuring" },
  { id: "runner", label: "Runner", about: "Who sends: this browser, or the server's own client" },
  { id: "payload", label: "Payload", about: "Size and kind of the message" },
  { id: "fragments", label: "Fragments", about: "The size that was asked for" },
  { id: "deflate", label: "Deflate", about: "Whether permessage-deflate was at work" },
  { id: "roundTrip", label: "Round trip", about: "The median of all rounds, and the least and the most" },
  { id: "throughput", label: "Throughput", about: "Payload there and back, in the median round trip" },
  {
    id: "frames",
    label: "Frames → ←",
    about: "Of each message to the echo and back, as the echo counted them",
  },
  { id: "wire", label: "Wire → ←", about: "Bytes on the wire of each message to the echo and back" },
  { id: "sha256", label: "SHA-256", about: "Of the payload, and whether that of the echo is the same" },
] as const;

export type ColumnId = (typeof COLUMNS)[number]["id"];

export function toRow({ number, runner, plan, measurement }: Result): Readonly<Record<ColumnId, string>> {
  const { roundTripsMs, framesOut, framesBack, wireBytesOut, wireBytesBack } = measurement;
  const sorted = roundTripsMs.toSorted((left, right) => left - right);
  const spread = sorted.length > 1 ? ` (${formatMs(sorted[0]!)}–${formatMs(sorted.at(-1)!)})` : "";
  const verdict = measurement.isEqual ? "equal" : "different";
  return {
    number: String(number),
    runner: runner === "browser" ? "Browser" : "Server",
    payload: `${formatSize(plan.bytes)} ${plan.kind}`,
    fragments: plan.fragmentBytes === 0 ? "whole" : formatSize(plan.fragmentBytes),
    deflate: measurement.isCompressed ? "yes" : plan.compress ? "agreed, not used" : "no",
    roundTrip: `${formatMs(median(sorted))}${spread}`,
    throughput: formatRate(throughput({ plan, measurement })),
    frames: `${formatRange(framesOut)} → ${formatRange(framesBack)} ←`,
    wire: `${formatRange(wireBytesOut, formatBytes)} → ${formatRange(wireBytesBack, formatBytes)} ←`,
    sha256:
      measurement.sha256 === undefined ? `bytes ${verdict}` : `${measurement.sha256.slice(0, 8)} ${verdict}`,
  };
}

/** In bytes per millisecond: what went round, there and back. */
export function throughput({ plan, measurement }: Pick<Result, "plan" | "measurement">): number {
  const ms = median(measurement.roundTripsMs.toSorted((left, right) => left - right));
  return (2 * plan.bytes) / Math.max(ms, 0.001);
}

function median(sorted: readonly number[]): number {
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** For spreadsheets: with tabs between. */
export function toTabSeparated(results: readonly Result[]): string {
  return table(results)
    .map((row) => row.join("\t"))
    .join("\n");
}

/** For issues and notes. */
export function toMarkdown(results: readonly Result[]): string {
  const [head = [], ...rows] = table(results);
  const lines = [head, head.map(() => "---"), ...rows];
  return lines.map((row) => `| ${row.join(" | ")} |`).join("\n");
}

function table(results: readonly Result[]): readonly (readonly string[])[] {
  const rows = results.map((result) => {
    const row = toRow(result);
    return COLUMNS.map(({ id }) => row[id]);
  });
  return [COLUMNS.map(({ label }) => label), ...rows];
}
