// Bytes as text, as JSON or in hexadecimal, as whoever looks prefers.
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import { asHex, asJson, asText, formatBytes, looksLikeText } from "../model/payload-text.ts";

const FORMS = ["Text", "JSON", "Hex"] as const;
type Form = (typeof FORMS)[number];

const SHOWN_TEXT_BYTES = 64 * 1024;
const SHOWN_HEX_BYTES = 4096;

export interface PayloadViewProps {
  readonly label: string;
  readonly bytes: Uint8Array;
}

export function PayloadView({ label, bytes }: PayloadViewProps): JSX.Element {
  const chosen = useSignal<Form | undefined>(undefined);
  // The view around is drawn anew several times a second; the bytes are what they were.
  const json = useMemo(() => (bytes.length <= SHOWN_TEXT_BYTES ? asJson(bytes) : undefined), [bytes]);
  const wholeText = useMemo(() => asText(bytes, SHOWN_TEXT_BYTES), [bytes]);
  const form =
    chosen.value ?? (json !== undefined && bytes.length > 0 ? "JSON" : looksLikeText(bytes) ? "Text" : "Hex");
  const limit = form === "Hex" ? SHOWN_HEX_BYTES : SHOWN_TEXT_BYTES;
  return (
    <section class="payload" aria-label={label}>
      <header class="payload-head">
        <h3>{label}</h3>
        <span class="muted small">{formatBytes(bytes.length)}</span>
        <span class="grow" />
        <span class="segments" role="group" aria-label="Shown as">
          {FORMS.map((each) => (
            <button
              key={each}
              type="button"
              aria-pressed={each === form}
              disabled={each === "JSON" && json === undefined}
              onClick={() => (chosen.value = each)}
            >
              {each}
            </button>
          ))}
        </span>
      </header>
      {form === "Hex" ? (
        <div class="hex" role="region" aria-label={`${label} in hexadecimal`} tabIndex={0}>
          {asHex(bytes, SHOWN_HEX_BYTES).map(({ offset, hex, text }) => (
            <div key={offset}>
              <span class="muted">{offset}</span>
              <span class="hex-octets">{hex}</span>
              <span class="hex-text">{text}</span>
            </div>
          ))}
        </div>
      ) : (
        <pre class="text" tabIndex={0} aria-label={`${label} as ${form}`}>
          {form === "JSON" ? (json ?? "This is no JSON") : wholeText}
        </pre>
      )}
      {bytes.length > limit && <p class="muted small">The first {formatBytes(limit)} are shown.</p>}
    </section>
  );
}
