// docs/configuration.md, made of the settings as the server reads them.
import * as v from "valibot";
import { notesOf, SETTINGS } from "../../src/server/settings.ts";

type Name = keyof typeof SETTINGS;

export function configurationPage(): string {
  const rows = (Object.keys(SETTINGS) as Name[]).map((name) => {
    const { about, shownDefault } = notesOf(name);
    return [`\`${name}\``, shownDefault ?? defaultOf(name), about];
  });
  return `# Configuration

The chat is configured by environment variables. All of them are checked when it starts; a value that makes no sense stops the start
with a sentence for each mistake. An empty variable counts as one that was not given. \`pnpm configuration-page\` makes this page of
\`src/server/settings.ts\`.

${table([["Variable", "Default", "Meaning"], ...rows])}
`;
}

/** Of those whose default is a value. */
function defaultOf(name: Name): string {
  return String(v.getDefault(SETTINGS[name]));
}

/** With columns that are as wide as what is in them, as the formatter has it. */
function table([head, ...body]: readonly (readonly string[])[]): string {
  const widths = head!.map((_, column) => Math.max(...[head!, ...body].map((row) => row[column]!.length)));
  const line = (cells: readonly string[], fill = " "): string =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column]!, fill)).join(" | ")} |`;
  return [
    line(head!),
    line(
      head!.map(() => ""),
      "-",
    ),
    ...body.map((row) => line(row)),
  ].join("\n");
}
