// The bar above the views: whether the feed is there, which connection is looked at, and what is done with the log.
import type { ComponentChildren, JSX } from "preact";
import type { FeedState } from "../feed-socket.ts";
import type { InspectorStore } from "../inspector-store.ts";
import { SaveMenu } from "./save-menu.tsx";
import { BroomIcon, PauseIcon, PlayIcon } from "./inspector-icons.tsx";

const STATE_TEXTS: Readonly<Record<FeedState, string>> = {
  connecting: "Connecting…",
  open: "Live",
  refused: "Not let in",
  lost: "Lost, coming back…",
  closed: "Closed",
};

export interface ToolbarProps {
  readonly store: InspectorStore;
  readonly title: ComponentChildren;
  readonly actions: ComponentChildren;
}

export function Toolbar({ store, title, actions }: ToolbarProps): JSX.Element {
  void store.version.value;
  const { log, isPaused, unseen, state, filter } = store;
  const connections = [...log.connections.values()].reverse();
  return (
    <header class="inspector-bar">
      {title}
      <span class={`feed-state is-${isPaused.value ? "paused" : state.value}`} role="status">
        {isPaused.value
          ? `Paused${unseen.value > 0 ? `, ${unseen.value.toLocaleString("en")} more` : ""}`
          : STATE_TEXTS[state.value]}
      </span>
      <label class="connection-choice">
        <span class="visually-hidden">Connection</span>
        <select
          value={filter.value.connection === undefined ? "" : String(filter.value.connection)}
          onChange={({ currentTarget }) => {
            const { value } = currentTarget;
            store.setFilter({ connection: value === "" ? undefined : Number(value) });
          }}
        >
          <option value="">All connections ({connections.length})</option>
          {connections.map(({ id, path, end, isRedacted, protocol }) => (
            <option key={id} value={String(id)}>
              #{id} {path} {protocol} {end === undefined ? "" : `(closed ${end.code})`}
              {isRedacted ? " · redacted" : ""}
            </option>
          ))}
        </select>
      </label>
      <span class="grow" />
      <button
        type="button"
        class="button is-quiet"
        aria-pressed={isPaused.value}
        onClick={() => store.pause(!isPaused.value)}
      >
        {isPaused.value ? <PlayIcon /> : <PauseIcon />}
        <span class="bar-text">{isPaused.value ? "Go on" : "Pause"}</span>
      </button>
      <button type="button" class="button is-quiet" onClick={() => store.clear()}>
        <BroomIcon />
        <span class="bar-text">Clear</span>
      </button>
      <SaveMenu store={store} />
      {actions}
    </header>
  );
}
