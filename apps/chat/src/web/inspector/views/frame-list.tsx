// The frames as they pass, one a row: what a network panel leaves out is what the columns are.
import type { JSX } from "preact";
import type { CapturedFrame } from "../../../shared/inspector.ts";
import { RSV1 } from "@ws/frame";
import type { InspectorStore } from "../inspector-store.ts";
import { summary } from "../model/frame-filter.ts";
import { hexKey } from "../model/frame-fields.ts";
import { formatBytes, formatClock } from "../model/payload-text.ts";
import { kindOf } from "../model/traffic.ts";
import { ToClientIcon, ToServerIcon } from "./inspector-icons.tsx";
import { WindowedList } from "./windowed-list.tsx";

const COLUMNS = [
  ["number", "No."],
  ["connection", "On"],
  ["time", "Time"],
  ["direction", "Direction"],
  ["kind", "Opcode"],
  ["fin", "FIN"],
  ["rsv", "RSV"],
  ["mask", "Mask"],
  ["length", "Length"],
  ["wire", "Wire bytes"],
  ["inflated", "Inflated"],
  ["data", "Data"],
] as const;

export interface FrameListProps {
  readonly store: InspectorStore;
  readonly isNarrow: boolean;
  readonly onOpen: () => void;
}

export function FrameList({ store, isNarrow, onOpen }: FrameListProps): JSX.Element {
  const { log, frames, selected } = store;
  // Also where none has come: what is known of the last one may have changed.
  void store.version.value;
  return (
    <WindowedList
      label="Frames"
      rows={frames.value}
      keyOf={({ number }) => number}
      rowHeight={isNarrow ? 48 : 26}
      selected={selected.value}
      onSelect={(number) => (selected.value = number)}
      {...(isNarrow && { onPress: onOpen })}
      onOpen={onOpen}
      rowClass={(frame) => rowClass(frame)}
      columns={COLUMNS.length}
      head={COLUMNS.map(([name, text]) => (
        <span key={name} role="columnheader" class={`cell cell-${name}`}>
          {text}
        </span>
      ))}
      renderRow={(frame) => <FrameCells frame={frame} store={store} />}
      empty={
        log.frames.length === 0 ? (
          <>
            <strong>No frames yet</strong>
            <p>They appear here as they pass. Write something in the chat, or open the lab.</p>
          </>
        ) : (
          <strong>No frame fits the filter</strong>
        )
      }
    />
  );
}

function rowClass({ direction, error }: CapturedFrame): string {
  return `is-${direction}${error === undefined ? "" : " is-broken"}`;
}

function FrameCells({
  frame,
  store,
}: {
  readonly frame: CapturedFrame;
  readonly store: InspectorStore;
}): JSX.Element {
  const { log } = store;
  const { text, isData } = summary(log, frame);
  const kind = kindOf(frame.opcode);
  const isReceived = frame.direction === "received";
  const message = log.messages.get(frame.message);
  const isEnd = message?.isCompressed === true && message.frames.at(-1) === frame.number;
  return (
    <>
      <span role="gridcell" class="cell cell-number">
        {frame.number}
      </span>
      <span
        role="gridcell"
        class="cell cell-connection"
        title={log.connections.get(frame.connection)?.path ?? ""}
      >
        #{frame.connection}
      </span>
      <span role="gridcell" class="cell cell-time">
        {formatClock(frame.time)}
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
        <span class={`kind kind-${kind}`}>{kind}</span>
      </span>
      <span role="gridcell" class="cell cell-fin">
        {frame.fin ? "FIN" : "—"}
      </span>
      <span
        role="gridcell"
        class="cell cell-rsv"
        title={frame.rsv === RSV1 ? "RSV1: compressed" : "RSV1, RSV2, RSV3"}
      >
        {frame.rsv.toString(2).padStart(3, "0")}
      </span>
      <span
        role="gridcell"
        class="cell cell-mask"
        title={frame.isMasked ? "Masked with this key" : "Not masked"}
      >
        {frame.isMasked ? hexKey(frame.maskKey) : "—"}
      </span>
      <span role="gridcell" class="cell cell-length" title={`Length in ${frame.lengthBits} bits`}>
        {frame.payloadLength.toLocaleString("en")} <i>{frame.lengthBits}</i>
      </span>
      <span role="gridcell" class="cell cell-wire">
        {formatBytes(frame.header.length + frame.payloadLength)}
      </span>
      <span role="gridcell" class="cell cell-inflated">
        {isEnd ? (message.data === undefined ? "?" : formatBytes(message.data.length)) : "—"}
      </span>
      <span role="gridcell" class={`cell cell-data${isData ? "" : " is-about"}`}>
        {text}
      </span>
    </>
  );
}
