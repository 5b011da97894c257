// The messages of a room. Stays at the newest one as long as the reader is there, and never moves what is being read.
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import type { ChatStore } from "../state/chat-store.ts";
import { timeline } from "../state/timeline.ts";
import { formatDay } from "./format-time.ts";
import { DownIcon } from "./icons.tsx";
import { MessageItem } from "./message-item.tsx";

/** Closer than this to the end counts as being there. */
const NEAR_PX = 48;

export function MessageList({ store }: { readonly store: ChatStore }): JSX.Element {
  const conversation = store.current.value;
  const you = store.you.value;
  const items = you === undefined ? [] : timeline(conversation, you);
  const { room } = conversation;
  const lastKey = items.at(-1)?.key;

  const scroller = useRef<HTMLDivElement>(null);
  const isAtEnd = useRef(true);
  const hasNews = useSignal(false);

  const toEnd = (): void => {
    const element = scroller.current;
    if (element !== null) element.scrollTop = element.scrollHeight;
    isAtEnd.current = true;
    hasNews.value = false;
  };

  useLayoutEffect(toEnd, [room]);
  useLayoutEffect(() => {
    const last = items.at(-1);
    const isOwnPending = last?.kind === "message" && last.isOwn && last.state === "pending";
    if (isAtEnd.current || isOwnPending) toEnd();
    else if (lastKey !== undefined) hasNews.value = true;
  }, [lastKey, items.length]);

  // The composer grows, a phone's keyboard opens: the end stays in sight.
  useEffect(() => {
    const element = scroller.current;
    if (element === null) return undefined;
    const observer = new ResizeObserver(() => {
      if (isAtEnd.current) element.scrollTop = element.scrollHeight;
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, []);

  const onScroll = (): void => {
    const element = scroller.current;
    if (element === null) return;
    isAtEnd.current = element.scrollHeight - element.scrollTop - element.clientHeight < NEAR_PX;
    if (isAtEnd.current) hasNews.value = false;
  };

  return (
    <div class="messages-frame">
      <div
        ref={scroller}
        class="messages"
        role="region"
        aria-label={`Messages in ${room}`}
        tabIndex={0}
        onScroll={onScroll}
      >
        {items.length === 0 ? (
          <EmptyRoom room={room} isLive={conversation.isLive} />
        ) : (
          <ol class="message-list">
            {items.map((item) =>
              item.kind === "day" ? (
                <li key={item.key} class="day">
                  <span>{formatDay(item.at)}</span>
                </li>
              ) : (
                <MessageItem key={item.key} message={item} store={store} />
              ),
            )}
          </ol>
        )}
      </div>
      {hasNews.value && (
        <button type="button" class="button to-end" onClick={toEnd}>
          <DownIcon /> New messages
        </button>
      )}
    </div>
  );
}

function EmptyRoom({ room, isLive }: { readonly room: string; readonly isLive: boolean }): JSX.Element {
  if (!isLive) return <p class="empty muted">Loading…</p>;
  return (
    <div class="empty">
      <p class="empty-title">This is the beginning of #{room}</p>
      <p class="muted">Nobody has written here yet. Say hello, or send somebody the address of this page.</p>
    </div>
  );
}
