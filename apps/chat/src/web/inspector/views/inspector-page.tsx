// The inspector: its views, and beside the lists what is chosen in them. The same as a page and as a drawer of the chat, laid
// out by the room it has.
import { useSignal } from "@preact/signals";
import type { ComponentChildren, JSX } from "preact";
import { useEffect, useMemo, useRef } from "preact/hooks";
import type { DrawerProps } from "../../extra-views.ts";
import { ThemeButton } from "../../views/theme-button.tsx";
import { InspectorStore, type Tab, TABS } from "../inspector-store.ts";
import { FilterBar } from "./filter-bar.tsx";
import { FrameDetail } from "./frame-detail.tsx";
import { FrameList } from "./frame-list.tsx";
import { GateView } from "./gate-view.tsx";
import { HandshakeView } from "./handshake-view.tsx";
import { BackIcon, CloseIcon } from "./inspector-icons.tsx";
import { MessageDetail } from "./message-detail.tsx";
import { MessageList } from "./message-list.tsx";
import { StatesView } from "./states-view.tsx";
import { StatisticsView } from "./statistics-view.tsx";
import { Toolbar } from "./toolbar.tsx";

/** Below this there is room for one thing at a time. */
const NARROW_PIXELS = 720;
const TAB_NAMES: Readonly<Record<Tab, string>> = {
  frames: "Frames",
  messages: "Messages",
  handshake: "Handshake",
  states: "States",
  statistics: "Statistics",
};

export function InspectorPage(): JSX.Element {
  return (
    <Inspector
      isPage
      title={<h1 class="inspector-title">Inspector</h1>}
      actions={
        <>
          <a class="button is-quiet wide-only" href="/">
            Chat
          </a>
          <ThemeButton />
        </>
      }
    />
  );
}

/** Brings its own head, as every drawer does. */
export function InspectorDrawer({ onClose }: DrawerProps): JSX.Element {
  return (
    <Inspector
      title={<h2 class="inspector-title">Inspector</h2>}
      actions={
        <button type="button" class="icon-button" aria-label="Close Inspector" onClick={onClose}>
          <CloseIcon />
        </button>
      }
    />
  );
}

interface InspectorProps {
  readonly isPage?: boolean;
  readonly title?: ComponentChildren;
  readonly actions?: ComponentChildren;
}

function Inspector({ isPage = false, title, actions }: InspectorProps): JSX.Element {
  const root = useRef<HTMLDivElement>(null);
  const isNarrow = useSignal(false);
  const isOpened = useSignal(false);
  const store = useMemo(() => new InspectorStore(feedUrl()), []);
  useEffect(() => {
    store.start();
    return () => store.stop();
  }, [store]);
  useEffect(() => {
    const observer = new ResizeObserver(([entry]) => {
      isNarrow.value = (entry?.contentRect.width ?? NARROW_PIXELS) < NARROW_PIXELS;
    });
    observer.observe(root.current!);
    return () => observer.disconnect();
  }, []);

  const Root = isPage ? "main" : "div";
  return (
    <Root class={`inspector${isNarrow.value ? " is-narrow" : ""}`} ref={root}>
      <Toolbar store={store} title={title} actions={actions} />
      {store.state.value === "refused" ? (
        <GateView store={store} />
      ) : (
        <>
          <Tabs store={store} onChange={() => (isOpened.value = false)} />
          <Panel store={store} isNarrow={isNarrow.value} isOpened={isOpened} />
        </>
      )}
    </Root>
  );
}

function Tabs({
  store,
  onChange,
}: {
  readonly store: InspectorStore;
  readonly onChange: () => void;
}): JSX.Element {
  const choose = (tab: Tab): void => {
    store.tab.value = tab;
    onChange();
    document.querySelector<HTMLElement>(`#tab-${tab}`)?.focus();
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const at = TABS.indexOf(store.tab.value);
    const step = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
    if (step === 0) return;
    event.preventDefault();
    choose(TABS[(at + step + TABS.length) % TABS.length]!);
  };
  return (
    <div class="tabs" role="tablist" aria-label="Views" onKeyDown={onKeyDown}>
      {TABS.map((tab) => {
        const isSelected = store.tab.value === tab;
        return (
          <button
            key={tab}
            id={`tab-${tab}`}
            type="button"
            role="tab"
            aria-selected={isSelected}
            aria-controls="inspector-panel"
            tabIndex={isSelected ? 0 : -1}
            onClick={() => choose(tab)}
          >
            {TAB_NAMES[tab]}
          </button>
        );
      })}
    </div>
  );
}

interface PanelProps {
  readonly store: InspectorStore;
  readonly isNarrow: boolean;
  readonly isOpened: { value: boolean };
}

function Panel({ store, isNarrow, isOpened }: PanelProps): JSX.Element {
  const tab = store.tab.value;
  const detail = useRef<HTMLDivElement>(null);
  const hasList = tab === "frames" || tab === "messages";
  const showsList = hasList && !(isNarrow && isOpened.value);
  const open = (): void => {
    isOpened.value = true;
    // Once it is there.
    requestAnimationFrame(() => detail.current?.focus());
  };
  const close = (): void => {
    isOpened.value = false;
    requestAnimationFrame(() => document.querySelector<HTMLElement>(".inspector [role=grid]")?.focus());
  };
  return (
    <div class="panel" id="inspector-panel" role="tabpanel" aria-labelledby={`tab-${tab}`}>
      {tab === "frames" && showsList && <FilterBar store={store} />}
      {hasList && (
        <div class="split">
          {showsList &&
            (tab === "frames" ? (
              <FrameList store={store} isNarrow={isNarrow} onOpen={open} />
            ) : (
              <MessageList store={store} isNarrow={isNarrow} onOpen={open} />
            ))}
          {(!isNarrow || isOpened.value) && (
            <div
              class="detail"
              ref={detail}
              tabIndex={0}
              role="region"
              aria-label="What is chosen"
              onKeyDown={(event) => event.key === "Escape" && (event.stopPropagation(), close())}
            >
              {isNarrow && (
                <button type="button" class="button is-quiet back" onClick={close}>
                  <BackIcon /> Back to the list
                </button>
              )}
              <Detail store={store} isNarrow={isNarrow} />
            </div>
          )}
        </div>
      )}
      {tab === "handshake" && <HandshakeView store={store} />}
      {tab === "states" && <StatesView store={store} isNarrow={isNarrow} />}
      {tab === "statistics" && <StatisticsView store={store} />}
    </div>
  );
}

function Detail({
  store,
  isNarrow,
}: {
  readonly store: InspectorStore;
  readonly isNarrow: boolean;
}): JSX.Element {
  void store.version.value;
  const number = store.selected.value;
  const frame = number === undefined ? undefined : store.log.frame(number);
  if (frame === undefined) {
    return (
      <p class="muted detail-empty">
        {number === undefined ? "Choose a frame to see it bit by bit." : `Frame ${number} is no longer kept.`}
      </p>
    );
  }
  const message = store.log.messages.get(frame.message);
  if (store.tab.value === "messages" && message !== undefined) {
    return <MessageDetail store={store} message={message} />;
  }
  return <FrameDetail store={store} frame={frame} isNarrow={isNarrow} />;
}

function feedUrl(): string {
  const url = new URL("/inspect", location.href);
  url.protocol = url.protocol.replace("http", "ws");
  return url.href;
}
