// Rounds: each load is given to one peer after the other, again and again, so that what else the machine does meets all of
// them; of each figure the median counts. Another one begins each time, for whoever follows a pause has it harder.
import type { Load } from "../loads/load.ts";
import type { Cores } from "../process/cores.ts";
import { measure, type Sample, type Subject, type Times } from "./measure.ts";

export interface Plan {
  readonly loads: readonly Load[];
  readonly subjects: readonly (Subject & { readonly name: string })[];
  readonly rounds: number;
  readonly times: Times;
  readonly cores: Cores | undefined;
}

export interface Measurement {
  readonly load: Load;
  readonly subject: string;
  readonly samples: readonly Sample[];
  /** Figure by figure, of those that were measured. */
  readonly median: Sample;
  /** Why there are fewer samples than rounds. */
  readonly failure?: string;
}

export async function runRounds(plan: Plan, onProgress: (line: string) => void): Promise<Measurement[]> {
  const all: Measurement[] = [];
  for (const load of plan.loads) {
    const subjects = plan.subjects.filter(({ peer }) => peer.can(load));
    const samples = new Map<string, Sample[]>(subjects.map(({ name }) => [name, []]));
    const failures = new Map<string, string>();
    // Memory does not vary as time does, and takes longer to measure.
    const rounds = load.drive === "idle" ? Math.min(plan.rounds, 2) : plan.rounds;
    for (let round = 0; round < rounds; round++) {
      const first = Math.floor((round * subjects.length) / rounds);
      const inTurn = [...subjects.slice(first), ...subjects.slice(0, first)];
      for (const subject of inTurn.filter(({ name }) => !failures.has(name))) {
        try {
          samples.get(subject.name)!.push(await measure(load, subject, plan.times, plan.cores));
        } catch (error) {
          // One that cannot is no reason not to measure the others, and is reported.
          failures.set(subject.name, (error as Error).message.split("\n")[0]!);
        }
      }
    }
    const measured = subjects.map(({ name }): Measurement => {
      const failure = failures.get(name);
      const taken = samples.get(name)!;
      return {
        load,
        subject: name,
        samples: taken,
        median: medianOf(taken),
        ...(failure !== undefined && { failure }),
      };
    });
    all.push(...measured);
    onProgress(`${load.title}: ${measured.map(summaryOf).join(", ")}`);
  }
  return all;
}

function summaryOf({ subject, median, failure }: Measurement): string {
  if (failure !== undefined) return `${subject} FAILED (${failure})`;
  const { cpuUs, heapBytes, nativeBytes } = median;
  return cpuUs === undefined
    ? `${subject} ${((heapBytes! + nativeBytes!) / 1024).toFixed(2)} KiB`
    : `${subject} ${cpuUs.toPrecision(3)} µs`;
}

function medianOf(samples: readonly Sample[]): Sample {
  const names = Object.keys(samples[0] ?? {}) as (keyof Sample)[];
  return Object.fromEntries(names.map((name) => [name, middle(samples.map((sample) => sample[name]!))]));
}

function middle(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const half = sorted.length / 2;
  return (sorted[Math.ceil(half) - 1]! + sorted[Math.floor(half)]!) / 2;
}
