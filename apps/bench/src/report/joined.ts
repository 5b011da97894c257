// Several runs as one report: what takes an hour at once can be measured in pieces. Each load comes whole from one run, for
// only what was measured in turns can be compared.
import { readFile } from "node:fs/promises";
import type { Load } from "../loads/load.ts";
import type { Measurement } from "../run/rounds.ts";
import type { Setting } from "./setting.ts";

/** What a run writes. */
export interface Run {
  readonly setting: Setting;
  readonly measurements: readonly Measurement[];
}

/** @throws Error for a file that is no run */
export async function readRuns(files: readonly string[]): Promise<Run[]> {
  return Promise.all(
    files.map(async (file) => {
      const run = JSON.parse(await readFile(file, "utf8")) as Partial<Run>;
      if (run.setting === undefined || run.measurements === undefined)
        throw new Error(`Cannot read ${file}: it is not what a run writes with --json`);
      return run as Run;
    }),
  );
}

/** @throws RangeError without a run, or where two have measured the same */
export function joinRuns(runs: readonly Run[]): Run {
  const [first] = runs;
  if (first === undefined)
    throw new RangeError("Cannot report nothing: name the files that runs have written");
  const loads = new Map<string, Load>();
  const measured = new Set<string>();
  const measurements: Measurement[] = [];
  for (const measurement of runs.flatMap((run) => run.measurements)) {
    const { load, subject } = measurement;
    const what = `${load.name} of ${subject}`;
    if (measured.has(what)) throw new RangeError(`Cannot join the runs: two have measured ${what}`);
    measured.add(what);
    // Rows and charts go by the object.
    if (!loads.has(load.name)) loads.set(load.name, load);
    measurements.push({ ...measurement, load: loads.get(load.name)! });
  }
  const setting: Setting = {
    ...first.setting,
    loadAverage: Math.max(...runs.map((run) => run.setting.loadAverage)),
    rounds: Math.min(...runs.map((run) => run.setting.rounds)),
    measureMs: Math.min(...runs.map((run) => run.setting.measureMs)),
    command: runs.map((run) => run.setting.command).join("; "),
    versions: Object.assign({}, ...runs.map((run) => run.setting.versions)) as Setting["versions"],
  };
  return { setting, measurements };
}
