// The tables as Markdown, for the documentation.
import { describe, type Setting } from "./setting.ts";
import type { Table } from "./tables.ts";

export function markdownOf(setting: Setting, tables: readonly Table[]): string {
  const lines = describe(setting).map((line) => `- ${line}`);
  return `${[lines.join("\n"), ...tables.map(tableOf)].join("\n\n")}\n`;
}

function tableOf({ title, columns, rows }: Table): string {
  const lines = [
    ["Load", ...columns],
    ["---", ...columns.map(() => "---:")],
  ];
  for (const row of rows) lines.push([row.title, ...row.cells.map((cell) => cell.replaceAll("|", "·"))]);
  const widths = lines[0]!.map((_, i) => Math.max(...lines.map((line) => line[i]!.length)));
  const text = lines.map((line) => `| ${line.map((cell, i) => cell.padEnd(widths[i]!)).join(" | ")} |`);
  return [`**${title}**`, "", ...text].join("\n");
}
