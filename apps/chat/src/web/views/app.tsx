// The whole page: nobody yet, or the chat with its three columns, of which a narrow screen shows one at a time.
import { useSignal, useSignalEffect } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import type { ChatStore } from "../state/chat-store.ts";
import { ConversationView } from "./conversation-view.tsx";
import { EnterView } from "./enter-view.tsx";
import { MemberList } from "./member-list.tsx";
import { RoomSidebar } from "./room-sidebar.tsx";

type Drawer = "rooms" | "members";

/** Where the columns fit beside each other; the same numbers are in layout.css. */
const HAS_ROOM_COLUMN = "(min-width: 800px)";
const HAS_MEMBER_COLUMN = "(min-width: 1080px)";

export function App({ store }: { readonly store: ChatStore }): JSX.Element {
  useSignalEffect(() => {
    const unread = store.unread.value;
    document.title = `${unread > 0 ? `(${unread}) ` : ""}#${store.room.value} · Chat`;
  });
  const phase = store.phase.value;
  if (phase === "starting") return <main class="enter" aria-busy="true" />;
  return phase === "entering" ? <EnterView store={store} /> : <ChatView store={store} />;
}

function ChatView({ store }: { readonly store: ChatStore }): JSX.Element {
  const drawer = useSignal<Drawer | undefined>(undefined);
  const hidesMembers = useSignal(false);
  const opener = useRef<HTMLElement | null>(null);
  const shell = useRef<HTMLDivElement>(null);

  const open = (which: Drawer): void => {
    opener.current = document.activeElement as HTMLElement | null;
    drawer.value = which;
  };
  const close = (): void => {
    if (drawer.value === undefined) return;
    drawer.value = undefined;
    // After the page behind is no longer inert.
    queueMicrotask(() => requestAnimationFrame(() => opener.current?.focus()));
  };

  useEffect(() => {
    if (drawer.value === undefined) return undefined;
    shell.current?.querySelector<HTMLElement>(".panel[data-open=true] .panel-close")?.focus();
    const onKeyDown = (event: KeyboardEvent): void => {
      if (event.key === "Escape") close();
    };
    addEventListener("keydown", onKeyDown);
    return () => removeEventListener("keydown", onKeyDown);
  }, [drawer.value]);

  // A window that grows has its columns back.
  useEffect(() => {
    const queries = [matchMedia(HAS_ROOM_COLUMN), matchMedia(HAS_MEMBER_COLUMN)];
    const onChange = (): void => {
      drawer.value = undefined;
    };
    for (const query of queries) query.addEventListener("change", onChange);
    return () => {
      for (const query of queries) query.removeEventListener("change", onChange);
    };
  }, []);

  const toggleMembers = (): void => {
    if (matchMedia(HAS_MEMBER_COLUMN).matches) hidesMembers.value = !hidesMembers.value;
    else open("members");
  };

  return (
    <div ref={shell} class="shell" data-drawer={drawer.value} data-hides-members={hidesMembers.value}>
      <RoomSidebar
        store={store}
        isOpen={drawer.value === "rooms"}
        onOpenRoom={(room) => {
          drawer.value = undefined;
          store.open(room);
        }}
        onClose={close}
      />
      <ConversationView
        store={store}
        isBehind={drawer.value !== undefined}
        onShowRooms={() => open("rooms")}
        onToggleMembers={toggleMembers}
      />
      <MemberList store={store} isOpen={drawer.value === "members"} onClose={close} />
      {drawer.value !== undefined && <div class="backdrop" onClick={close} />}
      <div class="visually-hidden" role="status" aria-live="polite">
        {store.announcement.value}
      </div>
    </div>
  );
}
