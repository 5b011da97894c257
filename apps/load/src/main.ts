// Load and faults by hand: runs the scenario that was asked for, says what it measured, and ends with 1 where something
// did not hold.
import { type Command, parseCommand, USAGE } from "./command-line.ts";
import { printOutcome } from "./print-outcome.ts";
import { isInOwnNetwork, runInOwnNetwork } from "./process/namespace.ts";

function readCommand(): Command | undefined {
  try {
    return parseCommand(process.argv.slice(2));
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${USAGE}`);
    return undefined;
  }
}

async function main(): Promise<number> {
  const command = readCommand();
  if (command === undefined) return 2;
  if (command.dropsPackets && !isInOwnNetwork()) return runInOwnNetwork();
  return printOutcome(await command.run((line) => console.log(line)), command.json);
}

process.exitCode = await main();
