// The states of a connection as a diagram, the current one lit, and the way that was taken.
import type { JSX } from "preact";
import type { CapturedConnection, StateChange } from "../../../shared/inspector.ts";
import type { InspectorStore } from "../inspector-store.ts";
import { formatClock } from "../model/payload-text.ts";

type State = StateChange["state"];

const STATES = ["connecting", "open", "closing", "closed"] as const;
const TEXTS: Readonly<Record<State, { readonly name: string; readonly about: string }>> = {
  connecting: { name: "CONNECTING", about: "the opening handshake" },
  open: { name: "OPEN", about: "messages both ways" },
  closing: { name: "CLOSING", about: "one close frame has passed" },
  closed: { name: "CLOSED", about: "TCP has ended" },
};
const EDGES: readonly { readonly from: State; readonly to: State; readonly label: string }[] = [
  { from: "connecting", to: "open", label: "101" },
  { from: "open", to: "closing", label: "close frame" },
  { from: "closing", to: "closed", label: "the other close frame, FIN" },
  { from: "open", to: "closed", label: "connection lost: 1006" },
];
const BOX = { width: 168, height: 52 };

export function StatesView({
  store,
  isNarrow,
}: {
  readonly store: InspectorStore;
  readonly isNarrow: boolean;
}): JSX.Element {
  void store.version.value;
  const id = store.connection.value;
  const connection = id === undefined ? undefined : store.log.connections.get(id);
  if (connection === undefined) {
    return (
      <p class="windowed-empty">
        <strong>No connection yet</strong>
      </p>
    );
  }
  const notes = store.log.notes.filter((note) => note.connection === connection.id).slice(-100);
  return (
    <div class="scroll-view" tabIndex={0} role="region" aria-label="States of the connection">
      <h2>
        Connection #{connection.id} <code>{connection.path}</code>
      </h2>
      <Diagram connection={connection} isVertical={isNarrow} />
      <h3>The way it took</h3>
      <ol class="transitions">
        {connection.states.map(({ time, state, cause }, i) => (
          <li key={`${time} ${i}`}>
            <time>{formatClock(time)}</time>
            <span class={`state-tag is-${state}`}>{TEXTS[state].name}</span>
            <span>{cause}</span>
          </li>
        ))}
      </ol>
      {connection.end !== undefined && (
        <p>
          Ended with code <strong>{connection.end.code}</strong>
          {connection.end.reason !== "" && ` “${connection.end.reason}”`},{" "}
          {connection.end.wasClean ? "cleanly" : "not cleanly"}
          {connection.end.error?.closeCode !== undefined &&
            `; the server closed with ${connection.end.error.closeCode}`}
          .
        </p>
      )}
      {notes.length > 0 && (
        <>
          <h3>What happened besides</h3>
          <ol class="transitions">
            {notes.map(({ time, text }, i) => (
              <li key={`${time} ${i}`}>
                <time>{formatClock(time)}</time>
                <span>{text}</span>
              </li>
            ))}
          </ol>
        </>
      )}
    </div>
  );
}

function Diagram({
  connection,
  isVertical,
}: {
  readonly connection: CapturedConnection;
  readonly isVertical: boolean;
}): JSX.Element {
  const { states } = connection;
  const current = states.at(-1)?.state ?? "connecting";
  const visited = new Set(states.map(({ state }) => state));
  const taken = new Set(states.slice(1).map(({ state }, i) => `${states[i]!.state} ${state}`));
  const step = isVertical ? { x: 0, y: 112 } : { x: 258, y: 0 };
  const at = (state: State): { x: number; y: number } => {
    const index = STATES.indexOf(state);
    return { x: 12 + index * step.x, y: 12 + index * step.y };
  };
  const width = isVertical ? 336 : 12 * 2 + 3 * step.x + BOX.width;
  const height = isVertical ? 12 * 2 + 3 * step.y + BOX.height : 150;
  return (
    <svg
      class="state-diagram"
      viewBox={`0 0 ${width} ${height}`}
      style={{ maxWidth: `${width}px` }}
      role="img"
      aria-label={`State: ${TEXTS[current].name}. Visited: ${[...visited].join(", ")}`}
    >
      <defs>
        <marker
          id="state-arrow"
          viewBox="0 0 8 8"
          refX="7"
          refY="4"
          markerWidth="9"
          markerHeight="9"
          markerUnits="userSpaceOnUse"
          orient="auto"
        >
          <path d="M0 0 8 4 0 8z" />
        </marker>
      </defs>
      {EDGES.map(({ from, to, label }) => {
        const [start, end] = [at(from), at(to)];
        const isLong = from === "open" && to === "closed";
        const { path, x, y, anchor } = isVertical
          ? verticalEdge(start, end, isLong)
          : horizontalEdge(start, end, isLong);
        return (
          <g key={label} class={`state-edge${taken.has(`${from} ${to}`) ? " is-taken" : ""}`}>
            <path d={path} marker-end="url(#state-arrow)" />
            {wrapped(label, isVertical || isLong ? 40 : 12).map((line, i) => (
              <text key={line} x={x} y={y + i * 14} text-anchor={anchor}>
                {line}
              </text>
            ))}
          </g>
        );
      })}
      {STATES.map((state) => {
        const { x, y } = at(state);
        const isCurrent = state === current;
        return (
          <g
            key={state}
            class={`state-box${visited.has(state) ? " is-visited" : ""}${isCurrent ? " is-current" : ""}`}
          >
            <rect x={x} y={y} width={BOX.width} height={BOX.height} rx="8" />
            <text class="state-name" x={x + BOX.width / 2} y={y + 23} text-anchor="middle">
              {TEXTS[state].name}
            </text>
            <text class="state-about" x={x + BOX.width / 2} y={y + 40} text-anchor="middle">
              {TEXTS[state].about}
            </text>
          </g>
        );
      })}
    </svg>
  );
}

interface Point {
  readonly x: number;
  readonly y: number;
}
interface Edge extends Point {
  readonly path: string;
  readonly anchor: "start" | "middle";
}

function horizontalEdge(start: Point, end: Point, isLong: boolean): Edge {
  if (!isLong) {
    const y = start.y + BOX.height / 2;
    const from = start.x + BOX.width;
    return { path: `M${from} ${y}H${end.x}`, x: (from + end.x) / 2, y: y + 18, anchor: "middle" };
  }
  const from = { x: start.x + BOX.width / 2, y: start.y + BOX.height };
  const to = { x: end.x + BOX.width / 2, y: end.y + BOX.height };
  const low = from.y + 50;
  return {
    path: `M${from.x} ${from.y}V${low - 10}q0 10 10 10H${to.x - 10}q10 0 10 -10V${to.y}`,
    ...{ x: (from.x + to.x) / 2, y: low + 18, anchor: "middle" },
  };
}

function verticalEdge(start: Point, end: Point, isLong: boolean): Edge {
  if (!isLong) {
    const x = start.x + BOX.width / 2;
    const from = start.y + BOX.height;
    return { path: `M${x} ${from}V${end.y}`, x: x + 8, y: (from + end.y) / 2 + 4, anchor: "start" };
  }
  const from = { x: start.x + BOX.width, y: start.y + BOX.height / 2 };
  const to = { x: end.x + BOX.width, y: end.y + BOX.height / 2 };
  const far = from.x + 120;
  return {
    path: `M${from.x} ${from.y}H${far - 10}q10 0 10 10V${to.y - 10}q0 10 -10 10H${to.x}`,
    ...{ x: from.x + 8, y: from.y - 8, anchor: "start" },
  };
}

/** Words in lines of no more than so many letters. */
function wrapped(text: string, letters: number): readonly string[] {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const line = lines.at(-1);
    if (line !== undefined && line.length + word.length < letters)
      lines[lines.length - 1] = `${line} ${word}`;
    else lines.push(word);
  }
  return lines;
}
