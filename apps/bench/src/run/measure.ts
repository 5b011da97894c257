// One measurement: a fresh process of the peer, a fresh generator, a while to warm up, a while that counts.
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { generate } from "selfsigned";
import type { Generator } from "../generator/main.ts";
import type { Load } from "../loads/load.ts";
import type { Measured } from "../peers/main.ts";
import type { Peer } from "../peers/peers.ts";
import { Child } from "../process/child.ts";
import { type Cores, pinned } from "../process/cores.ts";
import { BUN_FILE, DENO_FILE } from "../process/install.ts";

/** What is loaded and compiled at first use is no price of a connection. */
const WARM_UP_CONNECTIONS = 100;

/** Longer than this nobody waits for the first answer. */
const PATIENCE_MS = 20_000;

export interface Subject {
  readonly peer: Peer;
  /** The Node that runs it; others bring their own. */
  readonly node: string;
  /** Where Node leaves a profile of each measurement, which makes it slower. */
  readonly profile?: string;
}

export interface Times {
  readonly warmUpMs: number;
  readonly measureMs: number;
}

/** What was measured; a figure that a load does not have is not there. */
export interface Sample {
  /** Processor time of the peer's process for one of what the load counts, in microseconds. */
  readonly cpuUs?: number;
  readonly perSecond?: number;
  readonly p50Us?: number;
  readonly p99Us?: number;
  /** Of one connection. */
  readonly heapBytes?: number;
  readonly nativeBytes?: number;
  readonly rssBytes?: number;
}

export async function measure(
  load: Load,
  subject: Subject,
  times: Times,
  cores: Cores | undefined,
): Promise<Sample> {
  await using measured = new Child<Measured>(programOf(subject, cores?.server));
  await using generator = new Child<Generator>({
    name: "the generator",
    command: pinned([process.execPath, built("generator/main")], cores?.generator),
  });
  // Awaited here: on return both processes end.
  const { measureMs } = times;
  const warmUpMs = Math.max(times.warmUpMs, load.warmUpMs ?? 0);
  if (load.drive === "client") return await measureClient(load, measured, generator, times);
  const tls = load.tls && (await certificate());
  const port = await measured.ask("serve", { load, ...(tls !== undefined && { tls }) });
  await generator.ask("begin", load, port, subject.peer.wire);
  return load.drive === "idle"
    ? await weigh(load, measured, generator)
    : await measureServer(measured, generator, { warmUpMs, measureMs });
}

async function measureServer(
  measured: Child<Measured>,
  generator: Child<Generator>,
  { warmUpMs, measureMs }: Times,
): Promise<Sample> {
  await sleep(warmUpMs);
  const [usage, count] = await Promise.all([measured.ask("usage"), generator.ask("mark")]);
  const [usageAfter, countAfter] = await later(
    measureMs,
    () => Promise.all([measured.ask("usage"), generator.ask("count")]),
    ([, after]) => after.count > count.count,
  );
  const latency = await generator.ask("finish");
  // Each by its own clock: neither waits for the other's answer.
  const perSecond = (countAfter.count - count.count) / ((countAfter.atMs - count.atMs) / 1000);
  const cpuPerSecond = (usageAfter.cpuUs - usage.cpuUs) / ((usageAfter.atMs - usage.atMs) / 1000);
  return { cpuUs: cpuPerSecond / perSecond, perSecond, ...latency };
}

async function measureClient(
  load: Load,
  measured: Child<Measured>,
  generator: Child<Generator>,
  { warmUpMs, measureMs }: Times,
): Promise<Sample> {
  await measured.ask("drive", load, await generator.ask("listen", load));
  await sleep(warmUpMs);
  const before = await measured.ask("markClients");
  const after = await later(
    measureMs,
    () => measured.ask("clients"),
    ({ count }) => count > before.count,
  );
  await generator.ask("finish");
  const count = after.count - before.count;
  return {
    cpuUs: (after.cpuUs - before.cpuUs) / count,
    perSecond: count / ((after.atMs - before.atMs) / 1000),
    p50Us: after.p50Us,
    p99Us: after.p99Us,
  };
}

/** Reads after the time given, and as often again as it takes on a busy machine until there is something to read. */
async function later<Reading>(
  ms: number,
  read: () => Promise<Reading>,
  isEnough: (reading: Reading) => boolean,
): Promise<Reading> {
  for (const end = performance.now() + PATIENCE_MS; performance.now() < end;) {
    await sleep(ms);
    const reading = await read();
    if (isEnough(reading)) return reading;
  }
  throw new Error("Nothing came back while it was measured");
}

async function weigh(
  { connections }: Load,
  measured: Child<Measured>,
  generator: Child<Generator>,
): Promise<Sample> {
  await generator.ask("open", Math.min(WARM_UP_CONNECTIONS, connections));
  const before = await measured.ask("memory");
  await generator.ask("open", connections);
  const after = await measured.ask("memory");
  await generator.ask("finish");
  const each = (name: keyof typeof before): number => (after[name] - before[name]) / connections;
  return { heapBytes: each("heapBytes"), nativeBytes: each("nativeBytes"), rssBytes: each("rssBytes") };
}

/** From `src`, which the tests load, and from `dist` alike: processes run what was built. */
function built(entry: string): string {
  return fileURLToPath(new URL(`../../dist/${entry}.js`, import.meta.url));
}

function programOf(
  { peer, node, profile }: Subject,
  core: number | undefined,
): ConstructorParameters<typeof Child>[0] {
  const main = built("peers/main");
  const commands = {
    node: [node, "--expose-gc", ...(profile === undefined ? [] : profiling(profile)), main, peer.module],
    bun: [BUN_FILE, main, peer.module],
    deno: [DENO_FILE, "run", "--allow-all", "--quiet", "--no-lock", "--no-config", main, peer.module],
  } as const;
  return {
    name: peer.name,
    command: pinned(commands[peer.runtime], core),
    env: { DENO_NO_UPDATE_CHECK: "1", ...peer.env },
  };
}

function profiling(folder: string): string[] {
  return ["--cpu-prof", `--cpu-prof-dir=${folder}`];
}

let generated: Promise<{ key: string; cert: string }> | undefined;

function certificate(): Promise<{ key: string; cert: string }> {
  generated ??= generate([{ name: "commonName", value: "localhost" }], { keyType: "ec" }).then(
    ({ private: key, cert }) => {
      return { key, cert };
    },
  );
  return generated;
}
