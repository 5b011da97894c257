// The command line.
import { parseArgs } from "node:util";
import type { Form, Role } from "@ws/conformance";
import { defaultTargets } from "./targets/all-targets.ts";
import { type Setting, settings } from "./targets/target.ts";

export const usage: string = `Usage: pnpm conformance [options]

Judges implementations that can be started here. For any others there is \`wsc conformance\`.

Which (without either, the stack of this repository in all settings):
  --run <names>         both roles of each
  --compare <names>     the same, side by side; exits with 0 whatever comes out
  --role <role>         only server or client
  --settings <names>    default tcp; of ${settings.map(({ name }) => name).join(", ")}

Which cases:
  --cases <patterns>    those whose id fits: 6455-5.2-*; several separated by commas
  --short               representative ones, in seconds
  --long                all, with sweeps that take minutes

How:
  --jobs <n>            cases under way at once, default 8
  --deadline <ms>       for a case that names none of its own, default 5000

Reports besides the one on the terminal:
  --json <file>  --html <file>  --markdown <file>

Exits with 1 when a case is failed or non-strict, with 2 when it could not run.`;

export interface Options {
  readonly run: readonly string[];
  readonly compare: boolean;
  readonly role: Role | undefined;
  readonly settings: readonly Setting[];
  readonly cases: readonly string[] | undefined;
  readonly form: Form;
  readonly jobs: number;
  readonly deadlineMs: number;
  readonly json: string | undefined;
  readonly html: string | undefined;
  readonly markdown: string | undefined;
  readonly help: boolean;
}

/** Throws `TypeError` or `RangeError` with a sentence for the user. */
export function parseOptions(argv: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      run: { type: "string" },
      compare: { type: "string" },
      role: { type: "string" },
      settings: { type: "string" },
      cases: { type: "string", multiple: true },
      short: { type: "boolean", default: false },
      long: { type: "boolean", default: false },
      jobs: { type: "string", default: "8" },
      deadline: { type: "string", default: "5000" },
      json: { type: "string" },
      html: { type: "string" },
      markdown: { type: "string" },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  if (values.run !== undefined && values.compare !== undefined) {
    throw new TypeError("Cannot run and compare at once: choose one of --run, --compare");
  }
  const named = listOf(values.run ?? values.compare);
  return {
    run: named.length > 0 ? named : defaultTargets,
    compare: values.compare !== undefined,
    role: roleOf(values.role),
    settings: settingsOf(values.settings, named.length === 0),
    cases: values.cases?.flatMap(listOf),
    form: values.short ? "short" : values.long ? "long" : "full",
    jobs: integer("--jobs", values.jobs, 1, 64),
    deadlineMs: integer("--deadline", values.deadline, 1, 600_000),
    json: values.json,
    html: values.html,
    markdown: values.markdown,
    help: values.help,
  };
}

function listOf(value: string | undefined): string[] {
  return (value ?? "").split(",").filter((part) => part !== "");
}

function integer(name: string, value: string, min: number, max: number): number {
  const number = Number(value);
  if (!Number.isInteger(number) || number < min || number > max) {
    throw new RangeError(`Cannot take ${name} ${value}: it is an integer from ${min} to ${max}`);
  }
  return number;
}

function roleOf(value: string | undefined): Role | undefined {
  if (value === undefined || value === "server" || value === "client") return value;
  throw new RangeError(`Cannot take --role ${value}: it is server or client`);
}

/** Left alone, this judges its own repository in every setting; others are run over TCP unless asked otherwise. */
function settingsOf(value: string | undefined, all: boolean): readonly Setting[] {
  const names = listOf(value);
  for (const name of names) {
    if (!settings.some((setting) => setting.name === name))
      throw new RangeError(`Cannot take --settings ${name}: there is no such setting`);
  }
  return settings.filter(({ name }) => (names.length === 0 ? all || name === "tcp" : names.includes(name)));
}
