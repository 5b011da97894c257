// A crowd of which some attack, against the same number of which nobody does.
import type { Outcome } from "../outcome.ts";
import { attack, type AttackOptions, type AttackReport } from "./attack.ts";
import type { Crowd } from "./behaviours.ts";
import { judgeAttack } from "./judge-attack.ts";

export interface FaultsOptions extends AttackOptions {
  readonly healthy: number;
  /** All the others. */
  readonly crowd: Crowd;
  readonly maxP99Ratio?: number;
}

export interface FaultsResult {
  readonly calm: AttackReport;
  readonly attacked: AttackReport;
}

/** Of so many clients: a tenth each never read, send garbage, vanish and trickle, in two ways each; the others are healthy. */
export function mixedCrowd(clients: number): Pick<FaultsOptions, "healthy" | "crowd"> {
  const tenth = Math.floor(clients / 10);
  const half = Math.ceil(tenth / 2);
  const crowd = {
    mute: half,
    hoarder: tenth - half,
    garbage: tenth,
    vanishing: tenth,
    trickler: half,
    slowHandshake: tenth - half,
  };
  return { healthy: clients - 4 * tenth, crowd };
}

/** One who never reads and asks for more, among so many who listen. */
export function stuckReader(clients: number): Pick<FaultsOptions, "healthy" | "crowd"> {
  return { healthy: clients - 1, crowd: { hoarder: 1 } };
}

export async function faults(
  options: FaultsOptions,
  onProgress: (line: string) => void,
): Promise<Outcome<FaultsResult>> {
  const { healthy, crowd, maxP99Ratio } = options;
  const others = Object.values(crowd).reduce((sum, count) => sum + count, 0);
  onProgress(`calm: ${healthy} healthy clients and ${others} that listen, ${options.seconds} s`);
  const calm = await attack(healthy, { listener: others }, options);
  onProgress(`under attack: ${healthy} healthy clients and ${JSON.stringify(crowd)}, ${options.seconds} s`);
  const attacked = await attack(healthy, crowd, options);
  const judged = {
    healthy,
    crowd,
    options,
    calm,
    attacked,
    ...(maxP99Ratio !== undefined && { maxP99Ratio }),
  };
  for (const [name, { opened, closes }] of Object.entries(attacked.accounts))
    onProgress(`${name}: ${opened} opened; closed: ${JSON.stringify(closes)}`);
  onProgress(`others: ${JSON.stringify(attacked.others.counts)}`);
  return {
    result: { calm, attacked },
    checks: judgeAttack(judged),
    table: { calm: rowOf(calm), "under attack": rowOf(attacked) },
  };
}

function rowOf({ healthy, peaks, loopDelayP99Ms, machineLoad }: AttackReport): Record<string, number> {
  const round = (value: number): number => Number(value.toFixed(1));
  return {
    "load of the machine": round(machineLoad),
    "echo p50, ms": round(healthy.echo.p50Ms),
    "echo p99, ms": round(healthy.echo.p99Ms),
    "broadcast p50, ms": round(healthy.broadcast.p50Ms),
    "broadcast p99, ms": round(healthy.broadcast.p99Ms),
    "loop delay p99, ms": round(loopDelayP99Ms),
    "RSS peak, MiB": round(peaks.rssBytes / 1024 / 1024),
    "queued for one, peak, KiB": round(peaks.bufferedBytes / 1024),
  };
}
