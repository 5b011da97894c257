// Chaos by hand: breaks everything for a while, says what came of it, and ends with 1 where somebody is owed something.
import { printOutcome } from "load/print-outcome";
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
  const missing = command.engines.filter((engine) => !ENGINES[engine].isThere);
  if (missing.length > 0) {
    console.error(`Cannot run: there is no server of ${missing.join(", ")} on this machine`);
    return 2;
  }
  return printOutcome(await command.run((line) => console.log(line)), command.json);
}

process.exitCode = await main();
