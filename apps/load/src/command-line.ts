// The command line: what was asked for, checked, and made into a scenario that can be run.
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { numberOption } from "@ws/connection";
import { faults, type FaultsOptions, mixedCrowd, stuckReader } from "./faults/faults.ts";
import { idle } from "./idle/idle.ts";
import type { Outcome } from "./outcome.ts";
import { maxConnections } from "./process/file-limit.ts";
import { soak } from "./soak/soak.ts";

export interface Command {
  readonly run: (onProgress: (line: string) => void) => Promise<Outcome<unknown>>;
  /** Where everything that was measured goes. */
  readonly json: string;
  /** Whether it needs a network of its own, to drop packets in. */
  readonly dropsPackets?: boolean;
}

export const USAGE = `pnpm load idle [--connections n] [--tls-connections n] [--keep-alive-ms n]
pnpm load faults [--clients n] [--seconds n] [--max-p99-ratio n] [--drop-packets]
pnpm load stuck-reader [--clients n] [--seconds n] [--max-p99-ratio n]
pnpm soak [--minutes n] [--sample-seconds n] [--sessions-per-second n]

  --drop-packets  the kernel drops the packets of those who vanish, in a network of our own; needs Linux and root.
                  Default: a relay stops forwarding them
  --max-p99-ratio  fails where the healthy ones' p99 is worse than in the calm run by this factor. Default: reported only
  --json file  where everything that was measured goes. Default: apps/load/.artefacts/<command>.json
`;

const FAULT_LIMITS = {
  pingIntervalMs: 2000,
  pongTimeoutMs: 2000,
  closeTimeoutMs: 1000,
  handshakeTimeoutMs: 2000,
  maxBufferedBytes: 1024 * 1024,
} as const;

/** Before that the deadlines have not passed, and what nobody reads still fits into the kernel's buffers. */
const MIN_FAULT_SECONDS = 10;

/** @throws TypeError or RangeError for what makes no sense */
export function parseCommand(args: readonly string[]): Command {
  const [name = "", ...rest] = args;
  const command = COMMANDS[name];
  if (command === undefined)
    throw new RangeError(
      `Cannot run ${name || "nothing"}: the commands are ${Object.keys(COMMANDS).join(", ")}`,
    );
  return command(name, rest);
}

const COMMANDS: Readonly<Record<string, (name: string, args: readonly string[]) => Command>> = {
  idle: (name, args) => {
    const { number, json } = parse(name, args, ["connections", "tls-connections", "keep-alive-ms"]);
    const connections = number("connections", maxConnections());
    const options = {
      connections,
      tlsConnections: number("tls-connections", Math.min(connections, 5000), 0),
      keepAliveMs: number("keep-alive-ms", 10_000),
    };
    return { json, run: (onProgress) => idle(options, onProgress) };
  },
  faults: (name, args) => faultsCommand(name, args, mixedCrowd),
  "stuck-reader": (name, args) => faultsCommand(name, args, stuckReader),
  soak: (name, args) => {
    const { number, json } = parse(name, args, ["minutes", "sample-seconds", "sessions-per-second"]);
    const options = {
      seconds: number("minutes", 20) * 60,
      sampleSeconds: number("sample-seconds", 10),
      sessionsPerSecond: number("sessions-per-second", 200),
    };
    return { json, run: (onProgress) => soak(options, onProgress) };
  },
};

function faultsCommand(
  name: string,
  args: readonly string[],
  crowd: (clients: number) => Pick<FaultsOptions, "healthy" | "crowd">,
): Command {
  const { number, json, dropsPackets } = parse(name, args, ["clients", "seconds", "max-p99-ratio"]);
  const options: FaultsOptions = {
    ...crowd(number("clients", 1000)),
    limits: FAULT_LIMITS,
    seconds: number("seconds", 20, MIN_FAULT_SECONDS),
    paceMs: 500,
    broadcasts: { everyMs: 100, bytes: 1024 },
  };
  // Who shares the machine decides more about a percentile than the attack does: only who asks for it is judged by it.
  const maxP99Ratio = number("max-p99-ratio", 0, 0);
  const judged = maxP99Ratio === 0 ? options : { ...options, maxP99Ratio };
  return { json, dropsPackets, run: (onProgress) => faults(judged, onProgress) };
}

interface Parsed<Name> {
  readonly number: (name: Name, fallback: number, min?: number) => number;
  readonly json: string;
  readonly dropsPackets: boolean;
}

function parse<const Name extends string>(
  command: string,
  args: readonly string[],
  names: readonly Name[],
): Parsed<Name> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      ...Object.fromEntries([...names, "json"].map((each) => [each, { type: "string" as const }])),
      ...(command === "faults" && { "drop-packets": { type: "boolean" as const } }),
    },
  });
  const given = values as Readonly<Record<string, string | undefined>>;
  const dropsPackets = Boolean(values["drop-packets"]);
  return {
    dropsPackets,
    number: (name, fallback, min = 1) => {
      const text = given[name];
      const options: Readonly<Record<string, number>> = text === undefined ? {} : { [name]: Number(text) };
      return numberOption<string>(options, name, fallback, Number.MAX_SAFE_INTEGER, min);
    },
    json: given["json"] ?? fileURLToPath(new URL(`../.artefacts/${command}.json`, import.meta.url)),
  };
}
