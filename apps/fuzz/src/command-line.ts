// The command line: what was asked for, checked.
import { parseArgs } from "node:util";
import { randomInt } from "node:crypto";

export interface Command {
  readonly targets: readonly string[];
  readonly seed: number;
  readonly seconds?: number;
  readonly cases?: number;
  readonly replay?: string;
}

export const USAGE = `node dist/main.js [--target name]… [--seed n] [--seconds n | --cases n] [--replay file]

  --target   only this one; may be repeated. Default: all
  --seed     repeats a run exactly. Default: a new one, which is printed
  --seconds  for how long. Default: 60
  --cases    how many cases of each target, instead
  --replay   plays one kept case and says what comes of it
`;

/** @throws TypeError or RangeError for what makes no sense */
export function parseCommand(args: readonly string[], known: readonly string[]): Command {
  const { values } = parseArgs({
    args: [...args],
    options: {
      target: { type: "string", multiple: true },
      seed: { type: "string" },
      seconds: { type: "string" },
      cases: { type: "string" },
      replay: { type: "string" },
    },
  });
  const { target: targets = [], replay } = values;
  for (const name of targets) {
    if (!known.includes(name))
      throw new RangeError(`Cannot fuzz ${name}: the targets are ${known.join(", ")}`);
  }
  const cases = wholeNumber("cases", values.cases);
  const seconds = wholeNumber("seconds", values.seconds) ?? (cases === undefined ? 60 : undefined);
  return {
    targets: targets.length === 0 ? known : targets,
    seed: wholeNumber("seed", values.seed) ?? randomInt(2 ** 31),
    ...(seconds !== undefined && { seconds }),
    ...(cases !== undefined && { cases }),
    ...(replay !== undefined && { replay }),
  };
}

function wholeNumber(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (Number.isSafeInteger(value) && value >= 0) return value;
  throw new RangeError(`Cannot set ${name} to ${text}: it must be a whole number from 0`);
}
