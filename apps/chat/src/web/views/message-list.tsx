// The messages of a room: draws those in sight, stays at the newest one as long as the reader is there, and never moves what is being
// read, whatever comes before or behind it.
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import type { Chat } from "../state/chat.ts";
import { isSameDay, isSameGroup, type Message } from "../state/message.ts";
import { MAX_KEPT, type RoomSession } from "../state/room-session.ts";
import { formatDay } from "./format-time.ts";
import { DownIcon } from "./icons.tsx";
import { ImageDialog, type ShownImage } from "./image-dialog.tsx";
import { MessageItem } from "./message-item.tsx";
import { NoticeView } from "./notice.tsx";
import { RemoveDialog } from "./remove-dialog.tsx";
import { Beginning, EmptyRoom } from "./room-beginning.tsx";
import { RowHeights, type RowWindow } from "./row-window.ts";

/** Closer than this to the end counts as being there. */
const NEAR_PX = 48;
/** What is drawn beyond the sight, and how near to the top older messages are asked for. */
const AROUND_PX = 800;

interface Props {
  readonly chat: Chat;
  readonly session: RoomSession;
}

export function MessageList({ chat, session }: Props): JSX.Element {
  const { timeline } = session;
  const version = timeline.version.value;
  const scroller = useRef<HTMLDivElement>(null);
  const list = useRef<HTMLOListElement>(null);
  const heights = useRef(new RowHeights()).current;
  const shift = useRef(0);
  const isAtEnd = useRef(true);
  /** A row in sight and where it was, to put it there again. */
  const anchor = useRef<Anchor | undefined>(undefined);
  const drawn = useRef<RowWindow>({ start: 0, end: 0, before: 0, after: 0 });
  const lastKey = useRef<string | undefined>(undefined);
  const redraw = useSignal(0);
  const hasNews = useSignal(false);
  const image = useSignal<ShownImage | undefined>(undefined);
  const doomed = useSignal<Message | undefined>(undefined);
  void version;
  void redraw.value;

  const { count } = timeline;
  const moved = timeline.shift - shift.current;
  heights.resize(count, moved);
  shift.current = timeline.shift;
  if (anchor.current !== undefined) anchor.current.row += moved;

  const viewPx = scroller.current?.clientHeight ?? globalThis.innerHeight;
  const rows = isAtEnd.current
    ? heights.endWindow(viewPx, AROUND_PX)
    : heights.window(topOf(scroller.current, anchor.current, heights), viewPx, AROUND_PX);
  drawn.current = rows;

  const toEnd = (): void => {
    isAtEnd.current = true;
    hasNews.value = false;
    chat.setAtEnd(true);
    redraw.value++;
  };

  /** A message has grown: it is read from where it was, and not from its end. */
  const unfold = (): void => {
    isAtEnd.current = false;
    chat.setAtEnd(false);
    redraw.value++;
  };

  /** Remembers what is at the top of the sight. */
  const dropAnchor = (): void => {
    const element = scroller.current;
    const items = list.current?.children;
    if (element === null || items === undefined) return;
    let row = drawn.current.start - 1;
    // All of them are list items; the type of `children` says neither that nor that it can be iterated.
    for (const item of items as unknown as Iterable<HTMLElement>) {
      row++;
      const { key = "" } = item.dataset;
      if (item.offsetTop + item.offsetHeight <= element.scrollTop) continue;
      anchor.current = { key, row, bottom: item.offsetTop + item.offsetHeight };
      return;
    }
  };

  useLayoutEffect(() => {
    const element = scroller.current;
    const items = list.current?.children;
    if (element === null || items === undefined) return;
    let row = rows.start;
    let again: HTMLElement | undefined;
    // As above.
    for (const item of items as unknown as Iterable<HTMLElement>) {
      heights.set(row++, item.offsetHeight);
      if (item.dataset["key"] === anchor.current?.key) again = item;
    }
    if (isAtEnd.current) element.scrollTop = element.scrollHeight;
    else if (again !== undefined && anchor.current !== undefined) {
      const by = again.offsetTop + again.offsetHeight - anchor.current.bottom;
      if (by !== 0) element.scrollTop += by;
    }
    dropAnchor();
    askForOlder();
  });

  // What comes while somebody reads further up is told of, and not jumped to; what they say themselves is.
  const last = timeline.at(count - 1);
  useLayoutEffect(() => {
    if (last?.key === lastKey.current) return;
    const isFirst = lastKey.current === undefined;
    lastKey.current = last?.key;
    if (isFirst || last === undefined) return;
    if (last.isOwn && last.state !== "delivered") toEnd();
    else if (!isAtEnd.current) hasNews.value = true;
  }, [last?.key]);

  useEffect(() => {
    const element = scroller.current;
    if (element === null) return undefined;
    let width = element.clientWidth;
    // The composer grows, a phone's keyboard opens: the end stays in sight.
    const observer = new ResizeObserver(() => {
      if (element.clientWidth !== width) heights.forget();
      width = element.clientWidth;
      redraw.value++;
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, []);

  const askForOlder = (): void => {
    const element = scroller.current;
    if (element === null || session.reading.state.value !== "ready") return;
    if (element.scrollTop < AROUND_PX) void session.reading.loadOlder();
  };

  const onScroll = (): void => {
    const element = scroller.current;
    if (element === null) return;
    const wasAtEnd = isAtEnd.current;
    isAtEnd.current = element.scrollHeight - element.scrollTop - element.clientHeight < NEAR_PX;
    if (isAtEnd.current !== wasAtEnd) {
      chat.setAtEnd(isAtEnd.current);
      if (isAtEnd.current) {
        hasNews.value = false;
        timeline.trim(MAX_KEPT);
      }
    }
    dropAnchor();
    askForOlder();
    const top = topOf(element, anchor.current, heights);
    const now = heights.window(top, element.clientHeight, AROUND_PX / 2);
    if (now.start < drawn.current.start || now.end > drawn.current.end) redraw.value++;
  };

  const items: JSX.Element[] = [];
  const { value: newsAfter } = session.reading.newsAfter;
  for (let row = rows.start; row < rows.end; row++) {
    const message = timeline.at(row);
    if (message === undefined) continue;
    const previous = timeline.at(row - 1);
    const isNewDay = previous === undefined ? timeline.reachesStart : !isSameDay(previous.at, message.at);
    const isNews =
      newsAfter !== undefined &&
      (message.seq ?? 0) > newsAfter &&
      (previous?.seq ?? 0) <= newsAfter &&
      !message.isOwn;
    items.push(
      <MessageItem
        key={message.key}
        message={message}
        session={session}
        upload={session.own.uploads.value.get(message.id)}
        day={isNewDay || previous === undefined ? formatDay(message.at) : undefined}
        isNews={isNews}
        isFirst={isNewDay || isNews || !isSameGroup(previous, message)}
        onShowImage={(shown) => (image.value = shown)}
        onRemove={(target) => (doomed.value = target)}
        onUnfold={unfold}
      />,
    );
  }

  return (
    <div class="messages-frame">
      <div
        ref={scroller}
        class="messages"
        role="region"
        aria-label={`Messages in ${chat.labelOf(session.room)}`}
        tabIndex={0}
        onScroll={onScroll}
        onKeyDown={(event) => moveFocus(event, list.current)}
      >
        {count === 0 ? (
          <EmptyRoom label={chat.labelOf(session.room)} session={session} />
        ) : (
          <>
            <Beginning label={chat.labelOf(session.room)} session={session} />
            <div aria-hidden="true" style={{ height: `${rows.before}px` }} />
            <ol ref={list} class="message-list">
              {items}
            </ol>
            <div aria-hidden="true" style={{ height: `${rows.after}px` }} />
          </>
        )}
      </div>
      <NoticeView chat={chat} />
      {hasNews.value && (
        <button type="button" class="button to-end" onClick={toEnd}>
          <DownIcon /> New messages
        </button>
      )}
      {image.value !== undefined && (
        <ImageDialog image={image.value} onClose={() => (image.value = undefined)} />
      )}
      {doomed.value !== undefined && (
        <RemoveDialog message={doomed.value} session={session} onClose={() => (doomed.value = undefined)} />
      )}
    </div>
  );
}

interface Anchor {
  readonly key: string;
  /** Its place now, and where it ended: the oldest row may grow smaller when another comes before it. */
  row: number;
  readonly bottom: number;
}

/** Where the sight begins in the rows: told from the anchor, because those that came before it are not drawn yet. */
function topOf(element: Element | null, anchor: Anchor | undefined, heights: RowHeights): number {
  const scrollTop = element?.scrollTop ?? 0;
  return anchor === undefined ? scrollTop : heights.offsetOf(anchor.row + 1) + scrollTop - anchor.bottom;
}

/** The arrows go from message to message; what can be done with one is a Tab away. */
function moveFocus(event: KeyboardEvent, list: HTMLOListElement | null): void {
  if (list === null || (event.key !== "ArrowUp" && event.key !== "ArrowDown")) return;
  const items = [...list.querySelectorAll<HTMLElement>(":scope > [data-key]")];
  const at = items.findIndex((item) => item.contains(document.activeElement));
  const next = at === -1 ? items.length - 1 : at + (event.key === "ArrowUp" ? -1 : 1);
  if (items[next] === undefined) return;
  event.preventDefault();
  items[next].focus({ preventScroll: true });
  items[next].scrollIntoView({ block: "nearest" });
}
