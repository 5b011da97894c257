// The size lab: what is to be measured, what is being measured, what came of it. Knows the runners as functions, no sockets.
import { computed, type ReadonlySignal, signal, type Signal } from "@preact/signals";
import { LAB_LIMITS, PRESET_SIZES } from "../../../shared/lab/lab-limits.ts";
import { type Measurement, type MeasurementPlan, planProblem } from "../../../shared/lab/measurement.ts";
import type { Result, Runner } from "./result-table.ts";

export interface RunOptions {
  readonly signal: AbortSignal;
  readonly onProgress: (fraction: number) => void;
}

export type Run = (plan: MeasurementPlan, options: RunOptions) => Promise<Measurement>;

/** What is under way. */
export interface Progress {
  /** From 0 to 1, of all that was started together. */
  readonly fraction: number;
  readonly what: string;
}

const MAX_RESULTS = 200;

export class SizeLabStore {
  readonly plan: Signal<MeasurementPlan> = signal({
    bytes: 64 * 1024,
    kind: "text",
    fragmentBytes: 0,
    compress: false,
    rounds: 5,
  });
  readonly runner: Signal<Runner> = signal("browser");
  readonly progress: Signal<Progress | undefined> = signal(undefined);
  readonly error: Signal<string | undefined> = signal(undefined);
  readonly results: Signal<readonly Result[]> = signal([]);
  /** Why this plan cannot be run; undefined when it can. */
  readonly problem: ReadonlySignal<string | undefined> = computed(() => planProblem(this.plan.value));

  readonly #runs: Readonly<Record<Runner, Run>>;
  readonly #describe: (plan: MeasurementPlan) => string;
  #abort: AbortController | undefined;
  #count = 0;

  constructor(runs: Readonly<Record<Runner, Run>>, describe: (plan: MeasurementPlan) => string) {
    this.#runs = runs;
    this.#describe = describe;
  }

  change(changes: Partial<MeasurementPlan>): void {
    this.plan.value = { ...this.plan.value, ...changes };
  }

  /** Measures what the form says. */
  run(): Promise<void> {
    return this.#measure([this.plan.value]);
  }

  /** Measures all presets with what the form says besides; of the large ones as many rounds as are allowed. */
  runAll(): Promise<void> {
    const { plan } = this;
    return this.#measure(
      PRESET_SIZES.map((bytes) => {
        const rounds = Math.min(plan.value.rounds, Math.floor(LAB_LIMITS.maxRunBytes / bytes));
        const least = Math.ceil(bytes / LAB_LIMITS.maxFragments);
        const { fragmentBytes } = plan.value;
        return {
          ...plan.value,
          bytes,
          rounds,
          fragmentBytes: fragmentBytes === 0 ? 0 : Math.max(fragmentBytes, least),
        };
      }),
    );
  }

  cancel(): void {
    this.#abort?.abort();
  }

  clear(): void {
    this.results.value = [];
    this.#count = 0;
  }

  async #measure(plans: readonly MeasurementPlan[]): Promise<void> {
    if (this.progress.value !== undefined) return;
    const abort = new AbortController();
    this.#abort = abort;
    this.error.value = undefined;
    const runner = this.runner.value;
    try {
      for (const [i, plan] of plans.entries()) {
        const what = this.#describe(plan);
        const onProgress = (fraction: number): void => {
          this.progress.value = { fraction: (i + fraction) / plans.length, what };
        };
        onProgress(0);
        const measurement = await this.#runs[runner](plan, { signal: abort.signal, onProgress });
        const result = { number: ++this.#count, runner, plan, measurement };
        this.results.value = [...this.results.value, result].slice(-MAX_RESULTS);
      }
    } catch (error) {
      this.error.value = error instanceof Error ? error.message : String(error);
    } finally {
      this.progress.value = undefined;
    }
  }
}
