// The message that a frame belongs to: all of it, however it was cut, and sent again to the echo of the lab.
import { useSignal } from "@preact/signals";
import { Opcode } from "@ws/frame";
import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import type { CapturedMessage } from "../../../shared/inspector.ts";
import type { InspectorStore } from "../inspector-store.ts";
import { GAP_TEXTS } from "../model/frame-filter.ts";
import { formatBytes, formatClock } from "../model/payload-text.ts";
import { resend, type ResendResult } from "../resend.ts";
import { RepeatIcon } from "./inspector-icons.tsx";
import { PayloadView } from "./payload-view.tsx";

export interface MessageDetailProps {
  readonly store: InspectorStore;
  readonly message: CapturedMessage;
}

export function MessageDetail({ store, message }: MessageDetailProps): JSX.Element {
  const { number, opcode, direction, data, gap, frames, wireBytes, isComplete, isCompressed } = message;
  const kind = opcode === Opcode.text ? "text" : opcode === Opcode.binary ? "binary" : "continuation";
  return (
    <div class="frame-detail">
      <h2>
        Message {number} <span class={`kind kind-${kind}`}>{kind}</span>
      </h2>
      <dl class="facts">
        <div>
          <dt>Time</dt>
          <dd>
            {formatClock(message.time)}
            {frames.length > 1 && ` to ${formatClock(message.endTime)}`}
          </dd>
        </div>
        <div>
          <dt>Direction</dt>
          <dd>{direction === "received" ? "client → server" : "server → client"}</dd>
        </div>
        <div>
          <dt>{frames.length === 1 ? "Frame" : `${frames.length} fragments`}</dt>
          <dd class="frame-links">
            {frames.slice(0, 40).map((frame) => (
              <button key={frame} type="button" class="link-button" onClick={() => showFrame(store, frame)}>
                {frame}
              </button>
            ))}
            {frames.length > 40 && `and ${frames.length - 40} more`}
          </dd>
        </div>
        <div>
          <dt>Size</dt>
          <dd>
            {formatBytes(wireBytes)}
            {isCompressed && (data === undefined ? ", compressed" : `, inflated ${formatBytes(data.length)}`)}
          </dd>
        </div>
      </dl>
      {!isComplete && gap === undefined && <p class="muted">Its end has not come yet.</p>}
      {gap !== undefined && <p class="muted">Not known: {GAP_TEXTS[gap]}.</p>}
      {data !== undefined && <PayloadView label="Message" bytes={data} />}
      {data !== undefined && <Resend data={data} isText={opcode === Opcode.text} number={number} />}
    </div>
  );
}

function showFrame(store: InspectorStore, number: number): void {
  store.selected.value = number;
  store.tab.value = "frames";
}

function Resend(props: {
  readonly data: Uint8Array;
  readonly isText: boolean;
  readonly number: number;
}): JSX.Element {
  const result = useSignal<ResendResult | "sending" | undefined>(undefined);
  useEffect(() => {
    result.value = undefined;
  }, [props.number]);
  const { value } = result;
  return (
    <section class="resend" aria-label="Send it again">
      <button
        type="button"
        class="button is-outlined"
        disabled={value === "sending"}
        onClick={() => {
          result.value = "sending";
          void resend(props.data, props.isText).then((each) => (result.value = each));
        }}
      >
        <RepeatIcon /> Send again to the echo
      </button>
      <p class="muted small" role="status">
        {value === undefined && "Goes to the lab on a connection of its own, never into a room."}
        {value === "sending" && "Sent; waiting for the echo…"}
        {typeof value === "object" &&
          (value.isEchoed
            ? `The same came back after ${value.roundTripMs.toFixed(1)} ms.`
            : `${value.reason}.`)}
      </p>
    </section>
  );
}
