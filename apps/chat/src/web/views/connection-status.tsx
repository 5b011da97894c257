// Says at all times how the connection stands.
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import type { Chat } from "../state/chat.ts";
import type { ConnectionStatus as Status } from "../state/connection-monitor.ts";

const TICK_MS = 250;

export function ConnectionStatus({ chat }: { readonly chat: Chat }): JSX.Element {
  const status = chat.connection.status.value;
  const limitedUntil = chat.limitedUntil.value;
  const now = useSignal(Date.now());
  const isCounting = status.state === "reconnecting" || limitedUntil !== undefined;

  useEffect(() => {
    if (!isCounting) return undefined;
    now.value = Date.now();
    const timer = setInterval(() => (now.value = Date.now()), TICK_MS);
    return () => clearInterval(timer);
  }, [isCounting]);

  return (
    <div class="status" data-state={status.state} data-is-stuck={status.state === "open" && status.isStuck}>
      <span class="status-dot" aria-hidden="true" />
      <span class="status-text">{describe(status, limitedUntil, now.value)}</span>
      {(status.state === "reconnecting" || status.state === "closed") && (
        <button type="button" class="link-button" onClick={() => chat.reconnectNow()}>
          Try now
        </button>
      )}
    </div>
  );
}

export function describe(status: Status, limitedUntil: number | undefined, now: number): string {
  if (status.state === "connecting") return "Connecting…";
  if (status.state === "closed") return "Disconnected";
  if (status.state === "reconnecting") {
    const seconds = Math.ceil((status.retryAt - now) / 1000);
    return seconds > 0 ? `Reconnecting in ${seconds} s` : "Reconnecting…";
  }
  if (status.isStuck) return "The server cannot keep messages; they wait";
  if (limitedUntil === undefined) return "Connected";
  return `Too fast: messages wait ${Math.max(1, Math.ceil((limitedUntil - now) / 1000))} s`;
}
