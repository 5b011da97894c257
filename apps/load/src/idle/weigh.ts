// What one idle connection costs a server: the process before, the process with so many connections, and the difference.
import { Child } from "../process/child.ts";
import type { Sample } from "../process/sample.ts";
import type { SubjectName, SubjectOptions } from "../subject/subject.ts";
import type { Address } from "../wire/address.ts";
import { nowMs } from "../clock.ts";
import { waitUntil } from "../wait-until.ts";
import type { IdleClients } from "./idle-clients.ts";
import type { IdleServer } from "./idle-server.ts";

/** What is loaded and compiled at first use is no price of a connection. */
const WARM_UP_CONNECTIONS = 50;

export interface IdleCase extends SubjectOptions {
  readonly subject: SubjectName;
  readonly connections: number;
}

export interface Weight {
  readonly subject: SubjectName;
  readonly keepAliveMs: number;
  readonly tls: boolean;
  /** How many were open when it was weighed. */
  readonly connections: number;
  /** How many of them had been pinged by then. */
  readonly pinged: number;
  readonly perConnection: {
    readonly rssBytes: number;
    readonly heapBytes: number;
    readonly externalBytes: number;
  };
  /** How many of them are still open a little later. */
  readonly kept: number;
  readonly seconds: number;
}

export async function weigh({ subject, connections, keepAliveMs, tls }: IdleCase): Promise<Weight> {
  const start = nowMs();
  await using server = new Child<IdleServer>("idle/idle-server");
  await using clients = new Child<IdleClients>("idle/idle-clients");
  const port = await server.ask("start", subject, { keepAliveMs, ...(tls !== undefined && { tls }) });
  const address: Address = { port, ...(tls !== undefined && { ca: tls.cert }) };
  const reach = async (count: number): Promise<void> => {
    if (await waitUntil(async () => (await server.ask("count")) === count, 10_000)) return;
    throw new Error(
      `Cannot weigh ${subject}: ${await server.ask("count")} connections are open, not ${count}`,
    );
  };

  await clients.ask("open", address, WARM_UP_CONNECTIONS);
  await reach(WARM_UP_CONNECTIONS);
  await clients.ask("destroy");
  await reach(0);
  const before = await server.ask("sample");

  await clients.ask("open", address, connections);
  await reach(connections);
  // A silence is noticed after one interval at least, and two at most.
  const arePinged = async (): Promise<boolean> => (await clients.ask("count")).pinged === connections;
  if (keepAliveMs > 0) await waitUntil(arePinged, 2 * keepAliveMs + 5000);
  const after = await server.ask("sample");
  const { open: kept, pinged } = await clients.ask("count");

  await clients.ask("destroy");
  await server.ask("close");
  return {
    subject,
    keepAliveMs,
    tls: tls !== undefined,
    connections,
    pinged,
    perConnection: difference(before, after, connections),
    kept,
    seconds: (nowMs() - start) / 1000,
  };
}

function difference(before: Sample, after: Sample, count: number): Weight["perConnection"] {
  const per = (name: "rssBytes" | "heapBytes" | "externalBytes"): number =>
    Math.round((after[name] - before[name]) / count);
  return { rssBytes: per("rssBytes"), heapBytes: per("heapBytes"), externalBytes: per("externalBytes") };
}
