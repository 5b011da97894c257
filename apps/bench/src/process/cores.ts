// Where processes run: what is measured and what measures it each on a core of its own, where the system can do that.
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";

export interface Cores {
  readonly server: number;
  readonly generator: number;
}

/** @returns `undefined` where nothing can be pinned, or there is one core only */
export function findCores(): Cores | undefined {
  if (process.platform !== "linux" || spawnSync("taskset", ["--version"]).status !== 0) return undefined;
  const status = readFileSync("/proc/self/status", "utf8");
  const [server, generator] = coresOf(/^Cpus_allowed_list:\s*(.*)$/m.exec(status)?.[1] ?? "");
  return server === undefined || generator === undefined ? undefined : { server, generator };
}

/** The form is "0-3,8". */
function coresOf(list: string): number[] {
  return list.split(",").flatMap((range) => {
    const [first = Number.NaN, last = first] = range.split("-").map(Number);
    return Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => first + i);
  });
}

export function pinned(
  command: readonly [string, ...string[]],
  core: number | undefined,
): readonly [string, ...string[]] {
  return core === undefined ? command : ["taskset", "-c", String(core), ...command];
}
