// The frames of one connection, those of a fragmented message held together by a bracket, with whatever passed between them.
import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import type { CapturedFrame, Direction } from "../../../shared/inspector.ts";
import type { InspectorStore } from "../inspector-store.ts";
import { summary } from "../model/frame-filter.ts";
import { bracketRows, type BracketPart, type BracketRow } from "../model/message-brackets.ts";
import { formatBytes, formatClock } from "../model/payload-text.ts";
import { kindOf } from "../model/traffic.ts";
import { ToClientIcon, ToServerIcon } from "./inspector-icons.tsx";
import { WindowedList } from "./windowed-list.tsx";

const COLUMNS = ["number", "time", "brackets", "direction", "kind", "length", "data"] as const;
const HEADS = ["No.", "Time", "Message", "Direction", "Opcode", "Length", "Data"];

export interface MessageListProps {
  readonly store: InspectorStore;
  readonly isNarrow: boolean;
  readonly onOpen: () => void;
}

export function MessageList({ store, isNarrow, onOpen }: MessageListProps): JSX.Element {
  const { log, selected } = store;
  const connection = store.connection.value;
  const version = store.version.value;
  const rows = useMemo(
    () =>
      bracketRows(
        log.frames.filter((frame) => frame.connection === connection),
        log.messages,
      ),
    [version, connection],
  );
  return (
    <WindowedList
      label="Messages"
      rows={rows}
      keyOf={({ frame }) => frame.number}
      rowHeight={isNarrow ? 48 : 26}
      selected={selected.value}
      onSelect={(number) => (selected.value = number)}
      {...(isNarrow && { onPress: onOpen })}
      onOpen={onOpen}
      rowClass={({ frame }) =>
        `is-${frame.direction} of-messages${frame.error === undefined ? "" : " is-broken"}`
      }
      columns={COLUMNS.length}
      head={COLUMNS.map((name, i) => (
        <span key={name} role="columnheader" class={`cell cell-${name}`}>
          {HEADS[i]}
        </span>
      ))}
      renderRow={(row) => <MessageCells row={row} store={store} />}
      empty={<strong>No messages on this connection yet</strong>}
    />
  );
}

function MessageCells({
  row,
  store,
}: {
  readonly row: BracketRow;
  readonly store: InspectorStore;
}): JSX.Element {
  const { frame, position, brackets } = row;
  const { text, isData } = summary(store.log, frame);
  const isReceived = frame.direction === "received";
  return (
    <>
      <span role="gridcell" class="cell cell-number">
        {frame.number}
      </span>
      <span role="gridcell" class="cell cell-time">
        {formatClock(frame.time)}
      </span>
      <span role="gridcell" class="cell cell-brackets">
        <Bracket part={brackets.received} direction="received" />
        <Bracket part={brackets.sent} direction="sent" />
        <span>{frame.message === 0 ? "control" : messageText(frame, position)}</span>
      </span>
      <span
        role="gridcell"
        class="cell cell-direction"
        title={isReceived ? "Client to server" : "Server to client"}
      >
        {isReceived ? <ToServerIcon /> : <ToClientIcon />}
        <span>{isReceived ? "to server" : "to client"}</span>
      </span>
      <span role="gridcell" class="cell cell-kind">
        <span class={`kind kind-${kindOf(frame.opcode)}`}>{kindOf(frame.opcode)}</span>
      </span>
      <span role="gridcell" class="cell cell-length">
        {formatBytes(frame.payloadLength)}
      </span>
      <span role="gridcell" class={`cell cell-data${isData ? "" : " is-about"}`}>
        {text}
      </span>
    </>
  );
}

function messageText({ message }: CapturedFrame, position: BracketRow["position"]): string {
  return position === undefined ? `#${message}` : `#${message}, ${position.index} of ${position.count}`;
}

const PATHS: Readonly<Record<BracketPart, string>> = {
  none: "",
  first: "M10 26V13a4 4 0 0 1 4-4h4",
  inside: "M10 0v26M10 13h8",
  passing: "M10 0v26",
  last: "M10 0v9a4 4 0 0 0 4 4h4",
};

function Bracket({
  part,
  direction,
}: {
  readonly part: BracketPart;
  readonly direction: Direction;
}): JSX.Element {
  return (
    <svg class={`bracket is-${direction}`} viewBox="0 0 20 26" preserveAspectRatio="none" aria-hidden="true">
      {part !== "none" && <path d={PATHS[part]} data-part={part} />}
    </svg>
  );
}
