// Constant churn for as long as one likes, and whether it leaves anything behind: in the server, and in the clients, which
// are ours too.
import { setTimeout as sleep } from "node:timers/promises";
import { nowMs } from "../clock.ts";
import type { Account } from "../ledger.ts";
import type { Outcome } from "../outcome.ts";
import { Child } from "../process/child.ts";
import { type Holdings, settledHoldings } from "../process/holdings.ts";
import type { Sample } from "../process/sample.ts";
import { waitUntil } from "../wait-until.ts";
import type { Churn } from "./churn.ts";
import { cpuPercent, judgeSoak } from "./judge-soak.ts";
import { SESSIONS } from "./sessions.ts";
import type { SoakServer } from "./soak-server.ts";

export interface SoakOptions {
  readonly seconds: number;
  readonly sampleSeconds: number;
  readonly sessionsPerSecond: number;
}

interface Both<T> {
  readonly server: T;
  readonly clients: T;
}

export interface SoakSample extends Both<Sample> {
  readonly seconds: number;
  /** Open at the server. */
  readonly connections: number;
  /** Of one core, both processes together, since the last sample. */
  readonly cpuPercent: number;
}

export interface SoakResult {
  readonly samples: readonly SoakSample[];
  /** When everybody had gone. */
  readonly final: Both<Sample>;
  readonly before: Both<Holdings>;
  readonly after: Both<Holdings>;
  readonly sessions: Readonly<Record<string, number>>;
  readonly expectedKinds: number;
  readonly complaints: readonly string[];
  readonly warnings: readonly string[];
  readonly accounts: Readonly<Record<string, Account>>;
  readonly connectionsLeft: number;
}

/** The longest that the server keeps somebody who is gone. */
const GONE_MS = 5000;

export async function soak(
  { seconds, sampleSeconds, sessionsPerSecond }: SoakOptions,
  onProgress: (line: string) => void,
): Promise<Outcome<SoakResult>> {
  await using server = new Child<SoakServer>("soak/soak-server");
  await using clients = new Child<Churn>("soak/churn");
  const both = async <T>(ask: (child: Child<SoakServer> | Child<Churn>) => Promise<T>): Promise<Both<T>> => ({
    server: await ask(server),
    clients: await ask(clients),
  });
  const sampleBoth = (): Promise<Both<Sample>> => both((child) => (child as Child<Churn>).ask("sample"));
  const holdingsOfBoth = (): Promise<Both<Holdings>> =>
    both((child) => (child as Child<Churn>).ask("holdings"));

  const before = await holdingsOfBoth();
  let last = await sampleBoth();
  const port = await server.ask("listen");
  await clients.ask("start", port, sessionsPerSecond);

  const samples: SoakSample[] = [];
  const start = nowMs();
  let lastMs = start;
  for (
    let next = start + sampleSeconds * 1000;
    next <= start + seconds * 1000;
    next += sampleSeconds * 1000
  ) {
    await sleep(Math.max(0, next - nowMs()));
    const connections = await server.ask("count");
    const current = await sampleBoth();
    const elapsed = (nowMs() - lastMs) / 1000;
    lastMs = nowMs();
    const cpu =
      cpuPercent(last.server, current.server, elapsed) + cpuPercent(last.clients, current.clients, elapsed);
    last = current;
    samples.push({ seconds: (lastMs - start) / 1000, connections, cpuPercent: cpu, ...current });
    onProgress(lineOf(samples.at(-1)!));
  }

  await clients.ask("stop");
  await waitUntil(async () => (await server.ask("count")) === 0, GONE_MS);
  const final = await sampleBoth();
  const connectionsLeft = await server.ask("count");
  await server.ask("shutdown");
  const { sessions, complaints } = await clients.ask("report");
  const result: SoakResult = {
    samples,
    final,
    before,
    after: {
      server: await settledHoldings(() => server.ask("holdings"), before.server),
      clients: await settledHoldings(() => clients.ask("holdings"), before.clients),
    },
    sessions,
    expectedKinds: Object.keys(SESSIONS).length,
    complaints,
    warnings: [...final.server.warnings, ...final.clients.warnings],
    accounts: await server.ask("accounts"),
    connectionsLeft,
  };
  return { result, checks: judgeSoak(result), table: { sessions } };
}

function lineOf({ seconds, connections, cpuPercent: cpu, server, clients }: SoakSample): string {
  const memory = ({ rssBytes, heapBytes, externalBytes }: Sample): string =>
    `RSS ${inMiB(rssBytes)}, heap ${inMiB(heapBytes)}, external ${inMiB(externalBytes)} MiB`;
  const handles = Object.values(server.resources).reduce((sum, count) => sum + count, 0);
  const delay = `loop delay p99 ${server.loopDelayP99Ms.toFixed(1)} ms`;
  return `${Math.round(seconds)} s: ${connections} open, ${cpu} % CPU; server ${memory(server)}, ${handles} resources, ${delay}; clients ${memory(clients)}`;
}

function inMiB(bytes: number): string {
  return (bytes / 1024 / 1024).toFixed(1);
}
