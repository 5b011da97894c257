// What a process holds at one moment, as it sees itself. Needs --expose-gc: without a collection the heap says when it was
// last swept, not what is alive.
import { type IntervalHistogram, monitorEventLoopDelay } from "node:perf_hooks";
import { setImmediate as turn } from "node:timers/promises";

export interface Sample {
  readonly rssBytes: number;
  readonly heapBytes: number;
  /** Outside of V8's heap, buffers included. */
  readonly externalBytes: number;
  /** What keeps the event loop alive, by kind. */
  readonly resources: Readonly<Record<string, number>>;
  /** CPU time of the process so far. */
  readonly cpuMs: number;
  /** 99th percentile since the last sample. */
  readonly loopDelayP99Ms: number;
  /** What Node warned of so far: leaks of listeners, deprecated calls, … */
  readonly warnings: readonly string[];
}

const delay: IntervalHistogram = monitorEventLoopDelay({ resolution: 10 });
delay.enable();

const warnings: string[] = [];
process.on("warning", (warning) => {
  // The harness's own: it asks V8 what is alive.
  if (warning.name !== "ExperimentalWarning") warnings.push(String(warning));
});

export async function takeSample(): Promise<Sample> {
  const loopDelayP99Ms = delay.percentile(99) / 1e6;
  await collect();
  const { rss, heapUsed, external } = process.memoryUsage();
  const { user, system } = process.cpuUsage();
  // The collection stopped the loop, which is not the subject's doing.
  delay.reset();
  return {
    rssBytes: rss,
    heapBytes: heapUsed,
    externalBytes: external,
    resources: activeResources(),
    cpuMs: (user + system) / 1000,
    loopDelayP99Ms,
    warnings,
  };
}

/** Twice with a turn between: native handles let go of their memory after the first. */
export async function collect(): Promise<void> {
  for (let i = 0; i < 2; i++) {
    await turn();
    globalThis.gc!();
  }
}

export function activeResources(): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const name of process.getActiveResourcesInfo()) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}
