// What must hold under attack, next to the same run without: for the healthy, for the server's memory, for those who are
// gone, and when all is over.
import { atLeast, atMost, type Check, exactly, none } from "../outcome.ts";
import { judgeHoldings } from "../process/holdings.ts";
import type { AttackOptions, AttackReport } from "./attack.ts";
import { HOARDED_BYTES } from "./behaviours/hoard.ts";
import type { Crowd } from "./behaviours.ts";
import type { Account } from "../ledger.ts";
import { keepAliveDeadlineMs } from "./limits.ts";

const MiB = 1024 * 1024;
/** Heap of a process under load that has no reason to be collected yet, however much of it is garbage. */
const BREATHING_BYTES = 64 * MiB;
/** A timer rings late where the machine has much else to do. */
const TIMER_SLACK_MS = 1000;

export interface Judged {
  readonly healthy: number;
  readonly crowd: Crowd;
  readonly options: AttackOptions;
  readonly calm: AttackReport;
  readonly attacked: AttackReport;
  /** How much later than in the calm run the 99th percentile may be; without, nobody judges. */
  readonly maxP99Ratio?: number;
}

export function judgeAttack(judged: Judged): Check[] {
  return [
    ...judgeHealthy("calm", judged.healthy, judged.calm),
    ...judgeHealthy("under attack", judged.healthy, judged.attacked),
    ...judgeLatency(judged),
    ...judgeMemory(judged),
    ...judgeAttackers(judged),
    ...judgeEnd("calm", judged.calm),
    ...judgeEnd("under attack", judged.attacked),
  ];
}

function judgeHealthy(when: string, count: number, { healthy, accounts, broadcasts }: AttackReport): Check[] {
  const { counts, complaints } = healthy;
  return [
    exactly(`${when}: healthy that are there`, accounts["healthy"]!.open, count),
    exactly(`${when}: their questions answered`, counts["echo"] ?? 0, counts["sent"] ?? -1),
    exactly(`${when}: broadcasts they got`, counts["broadcast"] ?? 0, broadcasts * count),
    none(`${when}: their complaints`, complaints),
  ];
}

function judgeLatency({ calm, attacked, maxP99Ratio }: Judged): Check[] {
  if (maxP99Ratio === undefined) return [];
  return (["echo", "broadcast"] as const).map((kind) =>
    atMost(
      `under attack: p99 of ${kind}, times the calm one`,
      Number((attacked.healthy[kind].p99Ms / calm.healthy[kind].p99Ms).toFixed(2)),
      maxP99Ratio,
    ),
  );
}

function judgeMemory({ crowd, options, calm, attacked }: Judged): Check[] {
  const { maxBufferedBytes } = options.limits;
  // Below the limit one more message is taken; and what the server sends of its own must fit too.
  const most = maxBufferedBytes + HOARDED_BYTES + options.broadcasts.bytes + 1024;
  const bound = calm.peaks.rssBytes + (crowd.hoarder ?? 0) * most + BREATHING_BYTES;
  return [
    atMost("under attack: bytes queued for one client, at most", attacked.peaks.bufferedBytes, most),
    atMost("under attack: RSS at its peak, MiB", inMiB(attacked.peaks.rssBytes), inMiB(bound)),
  ];
}

function judgeAttackers({ crowd, options, attacked }: Judged): Check[] {
  const { accounts, begunMs, others } = attacked;
  const deadlineMs = keepAliveDeadlineMs(options.limits) + TIMER_SLACK_MS;
  const { counts, complaints } = others;
  const checks: Check[] = [none("under attack: complaints of the others", complaints)];
  const gone = (who: "mute" | "vanishing", ms: (account: Account) => number): void => {
    const account = accounts[who];
    if (account === undefined) return;
    checks.push(
      exactly(`${who}: left at the end`, account.open, 0),
      exactly(`${who}: ended by keep-alive`, account.closes["1006 KEEP_ALIVE_TIMEOUT"] ?? 0, account.opened),
      atMost(`${who}: gone after, ms`, Math.round(ms(account)), deadlineMs),
    );
  };
  gone("mute", ({ longestLifeMs }) => longestLifeMs);
  gone("vanishing", ({ lastClosedMs }) => lastClosedMs - begunMs);
  const hoarders = accounts["hoarder"];
  if (hoarders !== undefined && crowd.hoarder !== undefined) {
    checks.push(atLeast("hoarders cut off", hoarders.opened - hoarders.open, crowd.hoarder));
  }
  const often = (who: keyof Crowd, what: string, least: number): void => {
    if (crowd[who] !== undefined) checks.push(atLeast(what, counts[what] ?? 0, least));
  };
  const half = Math.floor((crowd.garbage ?? 0) / 2);
  often("garbage", "garbage handshakes ended", half);
  often("garbage", "garbage connections ended", half);
  often("trickler", "trickled messages echoed", crowd.trickler ?? 0);
  often("slowHandshake", "slow handshakes refused", crowd.slowHandshake ?? 0);
  return checks;
}

function judgeEnd(when: string, { before, after, clientsLeft, warnings }: AttackReport): Check[] {
  return [
    exactly(`${when}: clients after shutdown`, clientsLeft, 0),
    judgeHoldings(when, before, after),
    none(`${when}: warnings`, warnings),
  ];
}

function inMiB(bytes: number): number {
  return Math.round(bytes / MiB);
}
