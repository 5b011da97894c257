// Chaos by hand: breaks everything for a while, says what came of it, and ends with 1 where somebody is owed something.
import { printOutcome } from "load/print-outcome";
import { chaos } from "./chaos.ts";
import { type Command, parseCommand, USAGE } from "./command-line.ts";
import { ENGINES } from "./engine/engine.ts";

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
  const { options, json } = command;
  if (!ENGINES[options.engine].isThere) {
    console.error(`Cannot run: the server of ${options.engine} is not installed`);
    return 2;
  }
  return printOutcome(await chaos(options, (line) => console.log(line)), json);
}

process.exitCode = await main();
