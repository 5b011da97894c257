// Implementations side by side, as Markdown: counts by subject, then every case in which one of them is not ok.
import type { Role } from "../role.ts";
import { groups } from "../suite/case.ts";
import type { CaseResult } from "../suite/run-case.ts";
import type { Verdict } from "../suite/verdict.ts";
import { countVerdicts, type RunReport } from "./run-report.ts";

const marks: Record<Verdict, string> = {
  ok: "✓",
  "non-strict": "non-strict",
  failed: "**failed**",
  "not offered": "–",
};

/** One implementation, or several side by side: counts by subject, what each did, and every case that is not ok everywhere. */
export function markdownReport(reports: readonly RunReport[]): string {
  return [
    reports.length === 1 ? "# WebSocket conformance" : "# WebSocket implementations, compared",
    "",
    "Counts are ok / non-strict / failed / not offered.",
    ...(["server", "client"] as const).flatMap((role) => roleTables(role, reports)),
    "",
  ].join("\n");
}

function roleTables(role: Role, all: readonly RunReport[]): string[] {
  const reports = all.filter((report) => report.role === role);
  if (reports.length === 0) return [];
  const names = reports.map(({ target, setting }) =>
    setting === "" || setting === "tcp" ? target : `${target}, ${setting}`,
  );
  const head = (first: string): string[] => [
    `| ${first} | ${names.join(" | ")} |`,
    `|---|${names.map(() => "---|").join("")}`,
  ];
  const sections = groups
    .filter((group) => reports.some(({ results }) => results.some((result) => result.case.group === group)))
    .map(
      (group) =>
        `| ${group} | ${reports.map(({ results }) => cell(results.filter((result) => result.case.group === group))).join(" | ")} |`,
    );
  return [
    "",
    `## As ${role}s`,
    "",
    ...head("section"),
    ...sections,
    `| all | ${reports.map(({ results }) => cell(results)).join(" | ")} |`,
    "",
    "### What they did",
    ...reports.flatMap((report, i) => explanations(names[i] as string, report)),
    "",
    "### Case by case",
    "",
    ...head("case"),
    ...differences(reports),
  ];
}

function cell(results: readonly CaseResult[]): string {
  const counts = countVerdicts(results);
  return `${counts.ok} / ${counts["non-strict"]} / ${counts.failed} / ${counts["not offered"]}`;
}

/** Remarks of one implementation, each with the cases it was made in. */
function explanations(name: string, { results }: RunReport): string[] {
  const byText = new Map<string, { text: string; ids: string[] }>();
  for (const { verdict, remarks, case: one } of results) {
    if (verdict === "ok") continue;
    for (const remark of remarks) {
      if (remark.verdict !== verdict) continue;
      const text = `${verdict}: ${remark.text}`;
      // The same thing at another size is the same thing.
      const key = text.replaceAll(/\d+ (?:bytes?|[KM]iB)(?:, different.*)?/g, "…");
      const { ids } = byText.get(key) ?? { ids: [] };
      byText.set(key, { text: ids.length === 0 ? text : key, ids: [...ids, one.id] });
    }
  }
  const lines = [...byText.values()].map(({ text, ids }) => {
    const shown =
      ids.length > 3
        ? `${ids.slice(0, 2).map(code).join(", ")} and ${ids.length - 2} more`
        : ids.map(code).join(", ");
    return `- ${text.replaceAll("|", "\\|")} — ${shown}`;
  });
  return ["", `**${name}**`, "", ...(lines.length > 0 ? lines : ["- nothing to tell: every case is ok"])];
}

function differences(reports: readonly RunReport[]): string[] {
  const byId = reports.map(
    ({ results }) => new Map(results.map((result) => [result.case.id, result.verdict])),
  );
  const ids = new Set(reports.flatMap(({ results }) => results.map((result) => result.case.id)));
  return [...ids]
    .filter((id) => byId.some((verdictOf) => !["ok", undefined].includes(verdictOf.get(id))))
    .map(
      (id) =>
        `| ${code(id)} | ${byId.map((verdictOf) => marks[verdictOf.get(id) ?? "not offered"]).join(" | ")} |`,
    );
}

function code(text: string): string {
  return `\`${text}\``;
}
