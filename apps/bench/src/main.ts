// The benchmark: installs whom we compare with, measures, and reports.
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseCommand, parseReport, USAGE } from "./command-line.ts";
import { runMicro } from "./micro/micro.ts";
import { installPeers } from "./process/install.ts";
import { chartsOf } from "./report/charts.ts";
import { joinRuns, readRuns, type Run } from "./report/joined.ts";
import { markdownOf } from "./report/markdown.ts";
import { describe, settingOf } from "./report/setting.ts";
import { tablesOf } from "./report/tables.ts";
import { runRounds } from "./run/rounds.ts";

const JSON_FILE = fileURLToPath(new URL("../.artefacts/bench.json", import.meta.url));

async function compare(args: readonly string[]): Promise<number> {
  installPeers();
  const { plan, json = JSON_FILE, markdown, svg } = parseCommand(args);
  const setting = settingOf(plan, args);
  console.log(
    `${describe(setting).join("\n")}\nLoad average of the machine: ${setting.loadAverage.toFixed(2)}\n`,
  );
  const measurements = await runRounds(plan, (line) => console.log(line));
  await write(new Map([[json, `${JSON.stringify({ setting, measurements }, null, 2)}\n`]]));
  await report({ setting, measurements }, markdown, svg);
  const failures = measurements.filter(({ failure }) => failure !== undefined);
  for (const { load, subject, failure } of failures)
    console.error(`FAILED ${load.name}, ${subject}: ${failure}`);
  return failures.length === 0 ? 0 : 1;
}

async function report(
  { setting, measurements }: Run,
  markdown: string | undefined,
  svg: string | undefined,
): Promise<void> {
  const tables = tablesOf(measurements);
  for (const { title, columns, rows } of tables) {
    console.log(`\n${title}`);
    console.table(
      Object.fromEntries(
        rows.map((row) => [row.title, Object.fromEntries(columns.map((name, i) => [name, row.cells[i]]))]),
      ),
    );
  }
  const files = new Map<string, string>();
  if (markdown !== undefined) files.set(markdown, markdownOf(setting, tables));
  if (svg !== undefined) {
    for (const [name, chart] of chartsOf(setting, measurements)) files.set(join(svg, name), chart);
  }
  await write(files);
}

async function write(files: ReadonlyMap<string, string>): Promise<void> {
  for (const [file, content] of files) {
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, content);
    console.log(`Written: ${file}`);
  }
}

async function joined(args: readonly string[]): Promise<number> {
  const { files, markdown, svg } = parseReport(args);
  await report(joinRuns(await readRuns(files)), markdown, svg);
  return 0;
}

async function main([command, ...rest]: readonly string[]): Promise<number> {
  if (command === "micro") return runMicro(rest);
  if (command === "report") return joined(rest);
  if (command === "peers") return installPeers() ?? 0;
  if (command === "--help") return console.log(USAGE) ?? 0;
  return compare(command === undefined ? [] : [command, ...rest]);
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  console.error(`${(error as Error).message}\n\n${USAGE}`);
  process.exitCode = 2;
}
