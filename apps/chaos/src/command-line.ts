// The command line: what was asked for, checked.
import { randomBytes } from "node:crypto";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { numberOption } from "@ws/connection";
import type { ChaosOptions } from "./chaos.ts";
import { type EngineName, ENGINES } from "./engine/engine.ts";
import type { Rhythm } from "./plan.ts";

export const USAGE: string = `pnpm chaos [options]

  --engine <name>     ${Object.keys(ENGINES).join(" or ")}. Default: redis
  --seconds <n>       how long things break. Default: 120
  --seed <text>       the same seed breaks the same things at the same times. Default: random, and printed
  --nodes <n>         Default: 3
  --members <n>       Default: 300
  --rooms <n>         every tenth of them remembers little, so that there are gaps. Default: 30
  --member-rooms <n>  rooms that each member is in. Default: 2
  --pace-ms <n>       how often each member publishes one to three messages, about. Default: 2000
  --json <file>       where everything that was counted goes. Default: apps/chaos/.artefacts/<engine>.json
`;

export interface Command {
  readonly options: ChaosOptions;
  readonly json: string;
}

const RHYTHM: Rhythm = {
  nodeKills: [3000, 6000],
  nodeDown: [300, 2500],
  engineDown: [500, 3000],
  linkCalm: [4000, 15_000],
  linkFault: [300, 5000],
};

/** @throws TypeError or RangeError for what makes no sense */
export function parseCommand(args: readonly string[]): Command {
  const { values } = parseArgs({
    args: [...args],
    options: {
      engine: { type: "string", default: "redis" },
      seconds: { type: "string" },
      seed: { type: "string" },
      nodes: { type: "string" },
      members: { type: "string" },
      rooms: { type: "string" },
      "member-rooms": { type: "string" },
      "pace-ms": { type: "string" },
      json: { type: "string" },
    },
  });
  const { engine } = values;
  if (!Object.hasOwn(ENGINES, engine)) {
    throw new RangeError(`Cannot use the engine ${engine}: there are ${Object.keys(ENGINES).join(", ")}`);
  }
  type NumberName = "seconds" | "nodes" | "members" | "rooms" | "member-rooms" | "pace-ms";
  const number = (name: NumberName, fallback: number): number => {
    const given = values[name];
    const options: Readonly<Record<string, number>> = given === undefined ? {} : { [name]: Number(given) };
    return numberOption<string>(options, name, fallback, Number.MAX_SAFE_INTEGER, 1);
  };
  return {
    options: {
      engine: engine as EngineName,
      seed: values.seed ?? randomBytes(4).toString("hex"),
      durationMs: number("seconds", 120) * 1000,
      nodes: number("nodes", 3),
      members: number("members", 300),
      rooms: number("rooms", 30),
      roomsPerMember: number("member-rooms", 2),
      paceMs: number("pace-ms", 2000),
      engineRestarts: 2,
      rhythm: RHYTHM,
      settleMs: 90_000,
    },
    json: values.json ?? fileURLToPath(new URL(`../.artefacts/${engine}.json`, import.meta.url)),
  };
}
