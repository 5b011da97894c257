// The report for a terminal: a table by section, then every case that is not ok.
import { verdicts } from "../suite/verdict.ts";
import { byGroup, type Counts, countVerdicts, type RunReport, titleOf } from "./run-report.ts";

export function consoleReport(report: RunReport): string {
  const rows = byGroup(report.results).map(({ group, results }) => row(group, countVerdicts(results)));
  const complaints = report.results
    .filter(({ verdict }) => verdict === "failed" || verdict === "non-strict")
    .map(({ verdict, case: { id }, remarks }) => {
      const texts = remarks.filter((remark) => remark.verdict === verdict).map(({ text }) => text);
      return `  ${verdict.padEnd(10)}  ${id}\n              ${texts.join("\n              ")}`;
    });
  const total = countVerdicts(report.results);
  return [
    "",
    titleOf(report),
    "",
    `  ${"".padEnd(28)}${verdicts.map((verdict) => verdict.padStart(13)).join("")}`,
    ...rows,
    row("all", total),
    ...(complaints.length > 0 ? ["", ...complaints] : []),
    "",
    `${report.results.length} cases in ${(report.durationMs / 1000).toFixed(1)} s: ${verdicts.map((verdict) => `${total[verdict]} ${verdict}`).join(", ")}`,
  ].join("\n");
}

function row(name: string, counts: Counts): string {
  return `  ${name.padEnd(28)}${verdicts.map((verdict) => String(counts[verdict] || "·").padStart(13)).join("")}`;
}
