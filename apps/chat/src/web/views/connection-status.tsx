// Says at all times how the connection stands, and what a break has cost.
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import type { ChatStore } from "../state/chat-store.ts";
import type { ConnectionStatus as Status } from "../transport/reconnecting-socket.ts";

const TICK_MS = 250;
const WORDS = { open: "Connected", connecting: "Connecting…", closed: "Disconnected" };

export function ConnectionStatus({ store }: { readonly store: ChatStore }): JSX.Element {
  const status = store.status.value;
  const notice = store.notice.value;
  const now = useSignal(Date.now());

  useEffect(() => {
    if (status.state !== "reconnecting") return undefined;
    now.value = Date.now();
    const timer = setInterval(() => (now.value = Date.now()), TICK_MS);
    return () => clearInterval(timer);
  }, [status]);

  const showsNotice = status.state === "open" && notice !== undefined;
  return (
    <div class="status" data-state={status.state}>
      <span class="status-dot" aria-hidden="true" />
      <span class="status-text" data-tone={showsNotice ? notice.tone : undefined}>
        {showsNotice ? notice.text : describe(status, now.value)}
      </span>
      {status.state === "reconnecting" && (
        <button type="button" class="link-button" onClick={() => store.reconnectNow()}>
          Try now
        </button>
      )}
    </div>
  );
}

export function describe(status: Status, now: number): string {
  if (status.state !== "reconnecting") return WORDS[status.state];
  const seconds = Math.ceil((status.retryAt - now) / 1000);
  return seconds > 0 ? `Reconnecting in ${seconds} s` : "Reconnecting…";
}
