// The command line: what was asked for, checked.
import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { numberOption } from "@ws/connection";
import type { Outcome } from "load/outcome";
import { chaos, type ChaosOptions } from "./chaos.ts";
import { type EngineName, ENGINES } from "./engine/engine.ts";
import type { Rhythm } from "./plan.ts";
import { ASSUMED, sizing, type SizingOptions, type SizingResult, tableOf } from "./sizing/sizing.ts";

export const USAGE: string = `pnpm chaos [options]       breaks everything, and sees whether anybody misses anything
pnpm chaos sizing       measures what rooms cost, and calculates what large systems need

  --engine <name>     ${Object.keys(ENGINES).join(" or ")}. Default: redis
  --seconds <n>       how long things break. Default: 120
  --seed <text>       the same seed breaks the same things at the same times. Default: random, and printed
  --nodes <n>         Default: 3
  --members <n>       Default: 300
  --rooms <n>         Default: 30
  --short-entries <n>  what every tenth room remembers, so that there are gaps. Default: 20
  --member-rooms <n>  rooms that each member is in. Default: 2
  --pace-ms <n>       how often each member publishes one to three messages, about. Default: 2000
  --json <file>       where everything that was counted goes. Default: apps/chaos/.artefacts/<engine>.json

sizing:
  --from <file>       calculates from this instead, which such a run has written and you may have changed
  --json <file>       Default: apps/chaos/.artefacts/sizing.json
`;

export interface Command {
  /** Whose servers are needed. */
  readonly engines: readonly EngineName[];
  readonly run: (onProgress: (line: string) => void) => Promise<Outcome<unknown>>;
  readonly json: string;
}

export interface ChaosCommand {
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

/** A few seconds of what is said in a room. */
export const SHORT_ENTRIES = 20;

/** @throws TypeError or RangeError for what makes no sense */
export function parseCommand(args: readonly string[]): Command {
  if (args[0] === "sizing") return sizingCommand(args.slice(1));
  const { options, json } = parseChaos(args);
  return { engines: [options.engine], json, run: (onProgress) => chaos(options, onProgress) };
}

function sizingCommand(args: readonly string[]): Command {
  const { values } = parseArgs({
    args: [...args],
    options: { json: { type: "string" }, from: { type: "string" } },
  });
  const { from, json = artefact("sizing") } = values;
  if (from !== undefined) {
    return { engines: [], json, run: async () => tableOf(readSizing(await readFile(from, "utf8"))) };
  }
  const names = Object.keys(ENGINES) as EngineName[];
  const options: SizingOptions = {
    connections: 4000,
    rooms: 10,
    members: 200,
    publishers: 100,
    publishMs: 2000,
    engines: ["memory", "sqlite", ...names],
    assumed: ASSUMED,
  };
  return {
    engines: names,
    json,
    run: (onProgress) => sizing(options, onProgress),
  };
}

/** @throws TypeError or RangeError for what makes no sense */
export function parseChaos(args: readonly string[]): ChaosCommand {
  const { values } = parseArgs({
    args: [...args],
    options: {
      engine: { type: "string", default: "redis" },
      seconds: { type: "string" },
      seed: { type: "string" },
      nodes: { type: "string" },
      members: { type: "string" },
      rooms: { type: "string" },
      "short-entries": { type: "string" },
      "member-rooms": { type: "string" },
      "pace-ms": { type: "string" },
      json: { type: "string" },
    },
  });
  const { engine } = values;
  if (!Object.hasOwn(ENGINES, engine)) {
    throw new RangeError(`Cannot use the engine ${engine}: there are ${Object.keys(ENGINES).join(", ")}`);
  }
  type NumberName = "seconds" | "nodes" | "members" | "rooms" | "short-entries" | "member-rooms" | "pace-ms";
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
      shortEntries: number("short-entries", SHORT_ENTRIES),
      roomsPerMember: number("member-rooms", 2),
      paceMs: number("pace-ms", 2000),
      engineRestarts: 2,
      rhythm: RHYTHM,
      settleMs: 180_000,
    },
    json: values.json ?? artefact(engine),
  };
}

/** What a measurement has written. */
function readSizing(text: string): Omit<SizingResult, "sizings"> {
  const { result } = JSON.parse(text) as { readonly result: SizingResult };
  return { costs: result.costs, assumed: result.assumed };
}

function artefact(name: string): string {
  return fileURLToPath(new URL(`../.artefacts/${name}.json`, import.meta.url));
}
