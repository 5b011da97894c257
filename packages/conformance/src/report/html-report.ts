// One self-contained page: every case with its rule, what was sent, expected and got, and what went over the wire.
import type { CaseResult } from "../suite/run-case.ts";
import { verdicts } from "../suite/verdict.ts";
import { htmlScript, htmlStyle } from "./html-assets.ts";
import { byGroup, countVerdicts, type RunReport, titleOf } from "./run-report.ts";

/** One page that needs nothing else, with every case: its rule, what was sent, expected and got, and each frame of it. */
export function htmlReport(reports: readonly RunReport[]): string {
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>WebSocket conformance</title>
<style>${htmlStyle}</style>
<header>
<h1>WebSocket conformance</h1>
<p>${escape(reports.map(titleOf).join(" · "))}</p>
<form>
<fieldset><legend>Show</legend>
${verdicts.map((verdict) => `<label><input type="checkbox" name="verdict" value="${verdict}" checked> ${verdict}</label>`).join("\n")}
</fieldset>
<label>Find <input type="search" name="find" placeholder="id, section, words"></label>
</form>
</header>
<main>
${reports.map(runSection).join("\n")}
</main>
<script>${htmlScript}</script>
</html>
`;
}

function runSection(report: RunReport): string {
  const total = countVerdicts(report.results);
  const summary = verdicts
    .map((verdict) => `<span class="${classOf(verdict)}">${total[verdict]} ${verdict}</span>`)
    .join(" ");
  return `<section>
<h2>${escape(titleOf(report))}</h2>
<p>${report.results.length} cases: ${summary}</p>
${byGroup(report.results)
  .map(({ group, results }) => groupSection(group, results))
  .join("\n")}
</section>`;
}

function groupSection(group: string, results: readonly CaseResult[]): string {
  const counts = countVerdicts(results);
  const summary = verdicts
    .filter((verdict) => counts[verdict] > 0)
    .map((verdict) => `${counts[verdict]} ${verdict}`)
    .join(", ");
  return `<section class="group"><h3>${escape(group)} <small>${summary}</small></h3>
${results.map(caseDetails).join("\n")}
</section>`;
}

function caseDetails({ case: one, verdict, got, remarks, wire, durationMs }: CaseResult): string {
  const facts = [
    ["rule", one.rule],
    ["section", one.section],
    ["sent", one.sends],
    ["expected", one.expects],
    ["got", got || "what was expected"],
    ...remarks.map((remark) => [remark.verdict === "ok" ? "noted" : remark.verdict, remark.text] as const),
    ["took", `${durationMs} ms`],
  ] as const;
  const lines = wire.map(
    ({ atMs, direction, what, bytes }) =>
      `<tr class="${direction}"><td>${atMs} ms<td>${direction === "sent" ? "→" : "←"}<td><pre>${escape(what)}</pre><td><code>${bytes}</code>`,
  );
  return `<details data-verdict="${verdict}"><summary><b class="${classOf(verdict)}">${verdict}</b> <code>${escape(one.id)}</code> ${escape(one.rule)}</summary>
<dl>${facts.map(([term, text]) => `<dt>${term}<dd>${escape(text)}`).join("")}</dl>
<table>${lines.join("")}</table></details>`;
}

function classOf(verdict: string): string {
  return verdict.replace(" ", "-");
}

const entities: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

function escape(text: string): string {
  return text.replaceAll(/[&<>"]/g, (char) => entities[char] as string);
}
