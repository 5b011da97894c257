// Everything, for machines.
import { countVerdicts, type RunReport } from "./run-report.ts";

/** `{ format: 1, runs: [{ target, role, setting, durationMs, counts, cases: [{ id, section, rule, verdict, … }] }] }`. */
export function jsonReport(reports: readonly RunReport[]): string {
  const runs = reports.map(({ target, role, setting, results, durationMs }) => ({
    target,
    role,
    setting,
    durationMs,
    counts: countVerdicts(results),
    cases: results.map(({ case: one, ...result }) => ({
      id: one.id,
      group: one.group,
      section: one.section,
      rule: one.rule,
      sends: one.sends,
      expects: one.expects,
      verdict: result.verdict,
      got: result.got,
      remarks: result.remarks,
      durationMs: result.durationMs,
      wire: result.wire,
    })),
  }));
  return `${JSON.stringify({ format: 1, runs }, undefined, 1)}\n`;
}
