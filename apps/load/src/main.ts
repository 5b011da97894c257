// Load and faults by hand: runs the scenario that was asked for, says what it measured, and ends with 1 where something
// did not hold.
import { mkdir, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { type Command, parseCommand, USAGE } from "./command-line.ts";
import type { Outcome } from "./outcome.ts";
import { isInOwnNetwork, runInOwnNetwork } from "./process/namespace.ts";

function readCommand(): Command | undefined {
  try {
    return parseCommand(process.argv.slice(2));
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${USAGE}`);
    return undefined;
  }
}

async function report({ result, checks, table }: Outcome<unknown>, file: string): Promise<number> {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, `${JSON.stringify({ checks, result }, null, 2)}\n`);
  console.table(table);
  for (const { what, measured, bound, passed } of checks) {
    console.log(
      `${passed ? "ok    " : "FAILED"} ${what}: ${measured}${bound === undefined ? "" : ` (${bound})`}`,
    );
  }
  console.log(`\nAll that was measured: ${file}`);
  return checks.every(({ passed }) => passed) ? 0 : 1;
}

async function main(): Promise<number> {
  const command = readCommand();
  if (command === undefined) return 2;
  if (command.dropsPackets && !isInOwnNetwork()) return runInOwnNetwork();
  return report(await command.run((line) => console.log(line)), command.json);
}

process.exitCode = await main();
