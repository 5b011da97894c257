// One frame: drawn bit by bit, each field explained, and its payload.
import { useSignal } from "@preact/signals";
import { Opcode } from "@ws/frame";
import type { JSX } from "preact";
import type { CapturedFrame } from "../../../shared/inspector.ts";
import type { InspectorStore } from "../inspector-store.ts";
import { frameFields } from "../model/frame-fields.ts";
import { GAP_TEXTS } from "../model/frame-filter.ts";
import { formatBytes, formatClock } from "../model/payload-text.ts";
import { kindOf } from "../model/traffic.ts";
import { BitDiagram } from "./bit-diagram.tsx";
import { PayloadView } from "./payload-view.tsx";

export interface FrameDetailProps {
  readonly store: InspectorStore;
  readonly frame: CapturedFrame;
  readonly isNarrow: boolean;
}

export function FrameDetail({ store, frame, isNarrow }: FrameDetailProps): JSX.Element {
  const chosen = useSignal("Opcode");
  const message = store.log.messages.get(frame.message);
  const fields = frameFields(frame);
  const field = fields.find(({ name }) => name === chosen.value) ?? fields[0]!;
  const isReceived = frame.direction === "received";
  const facts: readonly (readonly [string, string])[] = [
    ["Time", formatClock(frame.time)],
    ["Direction", isReceived ? "client → server" : "server → client"],
    ["Connection", `#${frame.connection} ${store.log.connections.get(frame.connection)?.path ?? ""}`],
    [
      "On the wire",
      `${frame.header.length} of header + ${frame.payloadLength.toLocaleString("en")} of payload`,
    ],
    ...(message !== undefined
      ? ([
          [
            "Message",
            `#${message.number}, ${message.frames.length} ${message.frames.length === 1 ? "frame" : "frames"}`,
          ],
        ] as const)
      : []),
  ];
  return (
    <div class="frame-detail">
      <h2>
        Frame {frame.number} <span class={`kind kind-${kindOf(frame.opcode)}`}>{kindOf(frame.opcode)}</span>
      </h2>
      {frame.error !== undefined && (
        <p class="broken" role="note">
          <strong>{frame.error.code}</strong> {frame.error.message}
        </p>
      )}
      <BitDiagram frame={frame} chosen={chosen} bitsPerRow={isNarrow ? 16 : 32} />
      <div class="field-meaning" aria-live="polite">
        <strong>
          {field.name} = {field.value}
        </strong>
        <p>{field.meaning}</p>
        <p class="muted small">{field.section}</p>
      </div>
      <dl class="facts">
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      <Payloads store={store} frame={frame} />
      <details class="all-fields">
        <summary>All fields</summary>
        <dl>
          {fields.map(({ name, value, meaning, section }) => (
            <div key={name}>
              <dt>
                {name} <code>{value}</code>
              </dt>
              <dd>
                {meaning} <span class="muted">{section}</span>
              </dd>
            </div>
          ))}
        </dl>
      </details>
    </div>
  );
}

function Payloads({ store, frame }: Pick<FrameDetailProps, "store" | "frame">): JSX.Element | null {
  if (frame.isRedacted) {
    return (
      <p class="muted">Somebody else's: the payload is zeros here. Lengths, masks and flags are true.</p>
    );
  }
  const message = store.log.messages.get(frame.message);
  const raw = (
    <PayloadView label={message?.isCompressed ? "Payload, compressed" : "Payload"} bytes={frame.payload} />
  );
  if (frame.payload.length === 0) return null;
  if (frame.opcode === Opcode.close) {
    return <PayloadView label="Code (2 bytes) and reason" bytes={frame.payload} />;
  }
  if (message?.isCompressed !== true) return raw;
  const { data, gap, wireBytes } = message;
  if (data === undefined) {
    return (
      <>
        <p class="muted">Compressed; {gap === undefined ? "its end has not come" : GAP_TEXTS[gap]}.</p>
        {raw}
      </>
    );
  }
  const percent = data.length === 0 ? 100 : Math.round((wireBytes / data.length) * 100);
  return (
    <>
      <p class="muted small">
        {formatBytes(wireBytes)} on the wire, {formatBytes(data.length)} inflated: {percent} %
      </p>
      <PayloadView label="Message, inflated" bytes={data} />
      {raw}
    </>
  );
}
