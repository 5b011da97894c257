// The size lab: the form on the left, what came of it on the right.
import type { JSX } from "preact";
import { LAB_LIMITS, PRESET_SIZES } from "../../../shared/lab/lab-limits.ts";
import { formatSize } from "../state/format.ts";
import type { SizeLabStore } from "../state/size-lab-store.ts";
import { BytesField } from "./bytes-field.tsx";
import { Choice } from "./choice.tsx";
import { ResultsTable } from "./results-table.tsx";

const SIZES = PRESET_SIZES.map((bytes) => [bytes, formatSize(bytes)] as const);
const FRAGMENTS = [
  [0, "Whole"],
  [125, "125 B"],
  [1024, "1 KiB"],
  [16 * 1024, "16 KiB"],
  [64 * 1024, "64 KiB"],
] as const;

const ABOUT_RUNNERS = {
  browser:
    "Your browser sends over the network, and cuts messages into frames as it likes: no page can tell it where. The fragment size is that of the replies.",
  server:
    "The server's own client sends to the server's echo, over a real socket on its own machine: fragments go both ways, and no network is in between.",
} as const;

export function SizeLabView({ store }: { readonly store: SizeLabStore }): JSX.Element {
  return (
    <div class="lab-columns">
      <section class="lab-card" aria-labelledby="size-title">
        <h1 id="size-title">Size lab</h1>
        <p class="muted lab-lead">
          Sends a message to an echo and measures how it comes back: how long it took, in how many frames, and
          whether it is the same.
        </p>
        <PlanForm store={store} />
      </section>
      <section class="lab-card lab-results" aria-labelledby="results-title">
        <ResultsTable store={store} />
      </section>
    </div>
  );
}

function PlanForm({ store }: { readonly store: SizeLabStore }): JSX.Element {
  const plan = store.plan.value;
  const isRunning = store.progress.value !== undefined;
  const complaint = store.problem.value ?? store.error.value;
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    if (store.problem.value === undefined) void store.run();
  };
  return (
    <form class="lab-form" noValidate onSubmit={submit}>
      <Choice
        legend="Runner"
        name="runner"
        value={store.runner.value}
        options={[
          ["browser", "This browser"],
          ["server", "The server"],
        ]}
        onChange={(runner) => (store.runner.value = runner)}
      />
      <p class="hint lab-about">{ABOUT_RUNNERS[store.runner.value]}</p>
      <BytesField
        id="size"
        label="Message"
        value={plan.bytes}
        max={LAB_LIMITS.maxPayloadBytes}
        presets={SIZES}
        onChange={(bytes) => store.change({ bytes })}
      />
      <BytesField
        id="fragment"
        label="Fragments of"
        value={plan.fragmentBytes}
        max={LAB_LIMITS.maxPayloadBytes}
        presets={FRAGMENTS}
        onChange={(fragmentBytes) => store.change({ fragmentBytes })}
      />
      <div class="lab-pair">
        <Choice
          legend="Kind"
          name="kind"
          value={plan.kind}
          options={[
            ["text", "Text"],
            ["binary", "Binary"],
          ]}
          onChange={(kind) => store.change({ kind })}
        />
        <Choice
          legend="Compression"
          name="compress"
          value={plan.compress ? "on" : "off"}
          options={[
            ["off", "Off"],
            ["on", "On"],
          ]}
          onChange={(choice) => store.change({ compress: choice === "on" })}
        />
      </div>
      <div class="lab-field-row">
        <label for="rounds">Rounds</label>
        <input
          id="rounds"
          class="field lab-number is-short"
          type="number"
          inputMode="numeric"
          min={1}
          max={LAB_LIMITS.maxRounds}
          step={1}
          value={plan.rounds}
          onInput={({ currentTarget }) =>
            store.change({ rounds: Math.trunc(currentTarget.valueAsNumber || 0) })
          }
        />
      </div>
      <div class="lab-actions">
        {/* One button, so that the focus stays where it is. */}
        <button
          type={isRunning ? "button" : "submit"}
          class={isRunning ? "button lab-plain" : "button is-primary"}
          disabled={!isRunning && store.problem.value !== undefined}
          onClick={isRunning ? () => store.cancel() : undefined}
        >
          {isRunning ? "Cancel" : "Measure"}
        </button>
        {!isRunning && (
          <button
            type="button"
            class="button lab-plain"
            disabled={plan.rounds < 1 || plan.rounds > LAB_LIMITS.maxRounds}
            onClick={() => void store.runAll()}
          >
            All sizes
          </button>
        )}
        <ProgressLine store={store} />
      </div>
      {/* Two lines are kept free, so that nothing moves. */}
      <p class={complaint === undefined ? "hint lab-complaint" : "hint is-bad lab-complaint"} role="alert">
        {complaint}
      </p>
    </form>
  );
}

function ProgressLine({ store }: { readonly store: SizeLabStore }): JSX.Element | null {
  const progress = store.progress.value;
  if (progress === undefined) return null;
  return (
    <div class="lab-progress">
      <progress class="lab-bar" max={1} value={progress.fraction} aria-label="Progress" />
      <span class="small muted">
        {progress.what} · {Math.floor(progress.fraction * 100)} %
      </span>
    </div>
  );
}
