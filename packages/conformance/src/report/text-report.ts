// The report for a terminal: a table by section of the RFCs, then every case that is not ok.
import type { CaseResult } from "../suite/run-case.ts";
import { verdicts } from "../suite/verdict.ts";
import { countVerdicts, type RunReport, titleOf } from "./run-report.ts";

const SECTION_WIDTH = 19;

/** A table by section of the RFCs, and what was wrong, as text with line feeds; what peers said is in it as they said it. */
export function textReport(report: RunReport): string {
  const { results, durationMs } = report;
  const complaints = results
    .filter(({ verdict }) => verdict === "failed" || verdict === "non-strict")
    .map(({ verdict, case: { id }, remarks }) => {
      const texts = remarks.filter((remark) => remark.verdict === verdict).map(({ text }) => text);
      return `  ${verdict.padEnd(10)}  ${id}\n              ${texts.join("\n              ")}`;
    });
  const total = countVerdicts(results);
  return [
    "",
    titleOf(report),
    "",
    `  ${"".padEnd(SECTION_WIDTH)}${verdicts.map((verdict) => verdict.padStart(verdict.length + 2)).join("")}`,
    ...bySection(results).map(([section, those]) => row(section, those, subjects(those))),
    row("all", results, ""),
    ...(complaints.length > 0 ? ["", ...complaints] : []),
    "",
    `${results.length} cases in ${(durationMs / 1000).toFixed(1)} s: ${verdicts.map((verdict) => `${total[verdict]} ${verdict}`).join(", ")}`,
  ].join("\n");
}

/** By the section that a case cites first, in the order of the RFCs. */
function bySection(results: readonly CaseResult[]): [section: string, results: CaseResult[]][] {
  const sections = new Map<string, CaseResult[]>();
  for (const result of results) {
    const section = result.case.section.split(",", 1)[0]!;
    const those = sections.get(section) ?? [];
    sections.set(section, those);
    those.push(result);
  }
  return [...sections].toSorted(([left], [right]) => left.localeCompare(right, "en", { numeric: true }));
}

function row(name: string, results: readonly CaseResult[], remark: string): string {
  const counts = countVerdicts(results);
  const cells = verdicts.map((verdict) => String(counts[verdict] || "·").padStart(verdict.length + 2));
  return `  ${name.padEnd(SECTION_WIDTH)}${cells.join("")}  ${remark}`.trimEnd();
}

function subjects(results: readonly CaseResult[]): string {
  return [...new Set(results.map((result) => result.case.group))].join("; ");
}
