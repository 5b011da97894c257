// What came of sending: the verdict in a line, and the transcript below it, entry by entry.
import { type Frame, decodeUtf8, isUtf8 } from "@ws/frame";
import type { JSX } from "preact";
import { fromHex } from "../../../shared/lab/hex.ts";
import type { Transcript, TranscriptEntry } from "../../../shared/lab/transcript.ts";
import type { CraftStore, Outcome } from "../state/craft-store.ts";
import { formatMs } from "../state/format.ts";
import { opcodeName } from "./opcode-name.ts";
import { spaced } from "./wire-bytes.tsx";

const TCP_ENDS = {
  fin: "the server ended TCP",
  reset: "TCP was reset",
  "gave-up": "the server waits for more, so we hung up",
} as const satisfies Record<Transcript["end"]["how"], string>;

const TITLES = {
  request: "Our handshake",
  response: "The server's answer",
  crafted: "What stands above",
  close: "Our close frame, since nothing was wrong",
  frames: "The server",
} as const satisfies Record<TranscriptEntry["what"], string>;

const MAX_SHOWN_BYTES = 512;

export function OutcomeView({ store }: { readonly store: CraftStore }): JSX.Element {
  const outcome = store.outcome.value;
  return (
    <section class="lab-outcome" aria-label="What happened" aria-live="polite">
      {outcome === undefined ? (
        <p class="muted small">
          {store.isBusy.value ? "On its way…" : "Send it, and what happens on the wire stands here."}
        </p>
      ) : (
        <>
          <Verdict outcome={outcome} />
          <TranscriptList outcome={outcome} />
        </>
      )}
    </section>
  );
}

function Verdict({
  outcome: { transcript, reply, expectedCode },
}: {
  readonly outcome: Outcome;
}): JSX.Element {
  const { close } = reply;
  const isAsDue = expectedCode === undefined || close?.code === expectedCode;
  const how = `${TCP_ENDS[transcript.end.how]} after ${formatMs(transcript.end.atMs)}`;
  return (
    <p class="lab-verdict" data-good={isAsDue}>
      <strong>{close === undefined ? "No close frame" : `Closed with ${close.code}`}</strong>
      <span>
        {close !== undefined && close.reason !== "" && `“${close.reason}”, `}
        {how}
        {expectedCode !== undefined && !isAsDue && `; ${expectedCode} was due`}
      </span>
    </p>
  );
}

function TranscriptList({ outcome: { transcript, reply } }: { readonly outcome: Outcome }): JSX.Element {
  const frames = [...reply.frames];
  return (
    <ol class="lab-transcript">
      {transcript.entries.map((entry, i) => {
        const isFrames = entry.what === "frames";
        // The frames are told at the first entry that has some.
        const shown = isFrames ? frames.splice(0) : [];
        return <EntryItem key={i} entry={entry} frames={shown} />;
      })}
      {transcript.leftOutBytes > 0 && <li class="muted small">{transcript.leftOutBytes} bytes more came.</li>}
    </ol>
  );
}

function EntryItem({
  entry,
  frames,
}: {
  readonly entry: TranscriptEntry;
  readonly frames: readonly Frame[];
}): JSX.Element {
  const bytes = fromHex(entry.bytes) ?? new Uint8Array(0);
  const isHead = entry.what === "request" || entry.what === "response";
  const shown = bytes.subarray(0, MAX_SHOWN_BYTES);
  const rest = bytes.length - shown.length;
  return (
    <li class="lab-entry" data-direction={entry.direction}>
      <p class="lab-entry-head">
        <span class="lab-arrow" aria-hidden="true">
          {entry.direction === "sent" ? "→" : "←"}
        </span>
        <span>{TITLES[entry.what]}</span>
        <span class="muted small">
          {bytes.length} bytes, {formatMs(entry.atMs)}
        </span>
      </p>
      {frames.map((frame, i) => (
        <p key={i} class="small">
          {describe(frame)}
        </p>
      ))}
      <pre class="lab-bytes-shown" tabIndex={0} aria-label={`Bytes: ${TITLES[entry.what]}`}>
        {isHead ? decodeUtf8(bytes).trimEnd() : spaced(shown)}
        {!isHead && rest > 0 && `\n… and ${rest} bytes more`}
      </pre>
    </li>
  );
}

function describe({ opcode, fin, payload }: Frame): string {
  const name = opcodeName(opcode);
  const kind = fin ? name : `${name}, not the last`;
  if (opcode === 0x8 && payload.length >= 2) return `${kind}: code ${(payload[0]! << 8) | payload[1]!}`;
  if (payload.length === 0) return `${kind}, empty`;
  if (opcode !== 0x2 && isUtf8(payload)) return `${kind}: “${decodeUtf8(payload.subarray(0, 200))}”`;
  return `${kind} of ${payload.length} bytes`;
}
