// What is listed of the frames: direction, opcode, and text that they contain.
import type { JSX } from "preact";
import type { Direction } from "../../../shared/inspector.ts";
import type { InspectorStore } from "../inspector-store.ts";
import { FRAME_KINDS } from "../model/traffic.ts";

const DIRECTIONS: readonly (readonly [Direction | undefined, string])[] = [
  [undefined, "Both ways"],
  ["received", "To server"],
  ["sent", "To client"],
];

export function FilterBar({ store }: { readonly store: InspectorStore }): JSX.Element {
  const { filter, frames, log } = store;
  const { direction, kinds, text } = filter.value;
  const total = log.frames.length;
  return (
    <div class="filter-bar" role="search" aria-label="Filter">
      <input
        type="search"
        class="filter-text"
        placeholder="Search in payloads"
        aria-label="Search in payloads"
        value={text}
        onInput={({ currentTarget }) => store.setFilter({ text: currentTarget.value })}
      />
      <span class="segments" role="group" aria-label="Direction">
        {DIRECTIONS.map(([each, name]) => (
          <button
            key={name}
            type="button"
            aria-pressed={direction === each}
            onClick={() => store.setFilter({ direction: each })}
          >
            {name}
          </button>
        ))}
      </span>
      <span class="kind-filter" role="group" aria-label="Opcodes">
        {FRAME_KINDS.map((kind) => (
          <button
            key={kind}
            type="button"
            class={`kind kind-${kind}`}
            aria-pressed={kinds.has(kind)}
            onClick={() => {
              const changed = new Set(kinds);
              if (!changed.delete(kind)) changed.add(kind);
              store.setFilter({ kinds: changed });
            }}
          >
            {kind}
          </button>
        ))}
      </span>
      <span class="grow" />
      <span class="muted small filter-count">
        {frames.value.length === total
          ? `${total.toLocaleString("en")} frames`
          : `${frames.value.length.toLocaleString("en")} of ${total.toLocaleString("en")} frames`}
      </span>
    </div>
  );
}
