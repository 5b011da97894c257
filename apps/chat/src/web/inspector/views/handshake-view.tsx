// The opening handshake of one connection: both heads with a verdict for each header, and how the answer was computed.
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import type { HandshakeRecord } from "../../../shared/inspector.ts";
import type { InspectorStore } from "../inspector-store.ts";
import { type AcceptKeySteps, acceptKeySteps, HANDSHAKE_GUID } from "../model/accept-key.ts";
import { type JudgedField, judgeHandshake } from "../model/handshake-verdicts.ts";

export function HandshakeView({ store }: { readonly store: InspectorStore }): JSX.Element {
  void store.version.value;
  const { log } = store;
  const id = store.connection.value;
  const connection = id === undefined ? undefined : log.connections.get(id);
  const refused = log.refused.at(-1);
  return (
    <div class="scroll-view" tabIndex={0} role="region" aria-label="Opening handshake">
      {connection === undefined ? (
        <p class="windowed-empty">
          <strong>No connection yet</strong>
        </p>
      ) : (
        <Handshake
          key={connection.id}
          title={`Connection #${connection.id}`}
          handshake={connection.handshake}
        />
      )}
      {refused !== undefined && (
        <Handshake title={`Refused: ${refused.refused.code}`} handshake={refused.refused.handshake} />
      )}
    </div>
  );
}

interface HandshakeProps {
  readonly title: string;
  readonly handshake: HandshakeRecord;
}

function Handshake({ title, handshake }: HandshakeProps): JSX.Element {
  const steps = useSignal<AcceptKeySteps | undefined>(undefined);
  const { request, response } = handshake;
  const key = request.fields.find(({ name }) => name.toLowerCase() === "sec-websocket-key")?.value;
  useEffect(() => {
    if (key !== undefined) void acceptKeySteps(key.trim()).then((computed) => (steps.value = computed));
  }, [key]);
  const judged = judgeHandshake(handshake, steps.value?.accept);
  const bad = [...judged.request, ...judged.response].filter(
    ({ verdict }) => verdict === "invalid" || verdict === "missing",
  );
  const isOpen = response.status === 101 || response.status === 200;
  return (
    <article class="handshake">
      <h2>
        {title}
        <span class={`tag ${isOpen && bad.length === 0 ? "is-good" : "is-bad"}`}>
          {!isOpen ? "not opened" : bad.length === 0 ? "every rule is kept" : `${bad.length} not in order`}
        </span>
      </h2>
      <div class="heads">
        <Head
          label="Request"
          line={`${request.method} ${request.target} HTTP/${request.httpVersion}`}
          fields={judged.request}
        />
        <Head
          label="Response"
          line={
            request.method === "CONNECT"
              ? `:status ${response.status}`
              : `HTTP/1.1 ${response.status} ${REASONS[response.status] ?? ""}`
          }
          fields={judged.response}
        />
      </div>
      {key !== undefined && isOpen && <AcceptKey keyText={key.trim()} steps={steps.value} />}
    </article>
  );
}

const REASONS: Readonly<Record<number, string>> = {
  101: "Switching Protocols",
  400: "Bad Request",
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not Found",
  426: "Upgrade Required",
  429: "Too Many Requests",
  503: "Service Unavailable",
};
const VERDICT_TEXTS = { valid: "valid", invalid: "invalid", missing: "missing", other: "—" } as const;

function Head(props: {
  readonly label: string;
  readonly line: string;
  readonly fields: readonly JudgedField[];
}): JSX.Element {
  return (
    <section aria-label={props.label}>
      <h3>
        {props.label} <code class="start-line">{props.line}</code>
      </h3>
      <ul class="verdicts">
        {props.fields.map(({ name, value, verdict, why, section }, i) => (
          <li key={`${name} ${i}`} class={`verdict is-${verdict}`}>
            <p>
              <span class="verdict-mark">{VERDICT_TEXTS[verdict]}</span>
              <code>
                <strong>{name}</strong>
                {value !== "" && `: ${value}`}
              </code>
            </p>
            <p class="verdict-why">
              {why} {section !== undefined && <span class="muted">{section}</span>}
            </p>
          </li>
        ))}
      </ul>
    </section>
  );
}

function AcceptKey({
  keyText,
  steps,
}: {
  readonly keyText: string;
  readonly steps: AcceptKeySteps | undefined;
}): JSX.Element {
  return (
    <section class="accept-key" aria-label="How Sec-WebSocket-Accept is computed">
      <h3>How the answer is computed</h3>
      <ol>
        <li>
          <span>Take the key that the client sent</span>
          <code>{keyText}</code>
        </li>
        <li>
          <span>Append what RFC 6455 §1.3 fixes: no server does that by accident</span>
          <code>
            {keyText}
            <mark>{HANDSHAKE_GUID}</mark>
          </code>
        </li>
        <li>
          <span>SHA-1 of it, computed in this page</span>
          <code>{steps?.digest ?? "not available here: browsers offer SHA-1 to secure pages only"}</code>
        </li>
        <li>
          <span>In base64, that is what Sec-WebSocket-Accept has to be</span>
          <code>
            <strong>{steps?.accept ?? "—"}</strong>
          </code>
        </li>
      </ol>
    </section>
  );
}
