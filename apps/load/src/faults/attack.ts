// One run: a server, those who behave in one process, those who do not in another, and what all three saw of it.
import { loadavg } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { Child } from "../process/child.ts";
import { type Holdings, settledHoldings } from "../process/holdings.ts";
import type { Crowd } from "./behaviours.ts";
import type { CrowdProcess, CrowdReport } from "./crowd.ts";
import type { Broadcasts, FaultServer, Peaks } from "./fault-server.ts";
import type { Account } from "../ledger.ts";
import type { Limits } from "./limits.ts";

export interface AttackOptions {
  readonly limits: Limits;
  /** How long everybody does what they do. */
  readonly seconds: number;
  /** How often each healthy one asks. */
  readonly paceMs: number;
  readonly broadcasts: Broadcasts;
}

export interface AttackReport {
  readonly healthy: CrowdReport;
  readonly others: CrowdReport;
  /** When it turned bad, by the clock of the books. */
  readonly begunMs: number;
  readonly broadcasts: number;
  /** By what they are; while the attack was still going on. */
  readonly accounts: Readonly<Record<string, Account>>;
  readonly peaks: Peaks;
  readonly before: Holdings;
  readonly after: Holdings;
  readonly clientsLeft: number;
  readonly warnings: readonly string[];
  readonly loopDelayP99Ms: number;
  /** How many processes wanted to run, on average, whoever they belong to: above the number of cores all figures suffer. */
  readonly machineLoad: number;
}

export async function attack(healthy: number, crowd: Crowd, options: AttackOptions): Promise<AttackReport> {
  const { limits, seconds, paceMs, broadcasts } = options;
  await using server = new Child<FaultServer>("faults/fault-server");
  await using good = new Child<CrowdProcess>("faults/crowd");
  await using bad = new Child<CrowdProcess>("faults/crowd");
  const before = await server.ask("holdings");
  const port = await server.ask("listen", limits);

  const { handshakeTimeoutMs } = limits;
  await good.ask("join", { healthy }, { port, paceMs, handshakeTimeoutMs });
  await bad.ask("join", crowd, { port, paceMs, handshakeTimeoutMs });
  await server.ask("startBroadcasts", broadcasts);
  await good.ask("begin");
  const begunMs = await bad.ask("begin");
  await sleep(seconds * 1000);

  const count = await server.ask("stopBroadcasts");
  await good.ask("finish", count);
  const accounts = await server.ask("accounts");
  const { loopDelayP99Ms, warnings } = await server.ask("sample");
  await bad.ask("leave");
  // The healthy ones are still there: the server ends them.
  const clientsLeft = await server.ask("shutdown");
  return {
    healthy: await good.ask("report"),
    others: await bad.ask("report"),
    begunMs,
    broadcasts: count,
    accounts,
    peaks: await server.ask("peaks"),
    before,
    after: await settledHoldings(() => server.ask("holdings"), before),
    clientsLeft,
    warnings,
    loopDelayP99Ms,
    machineLoad: loadavg()[0]!,
  };
}
