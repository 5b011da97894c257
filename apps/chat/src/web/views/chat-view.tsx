// The chat with its three columns, of which a narrow screen shows one at a time, and what opens over them.
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { EXTRA_VIEWS, type ExtraView } from "../extra-views.ts";
import type { Chat } from "../state/chat.ts";
import { ConversationView } from "./conversation-view.tsx";
import { ExtraDrawer } from "./extra-drawer.tsx";
import { InviteDialog } from "./invite-dialog.tsx";
import { MemberList } from "./member-list.tsx";
import { NewRoomDialog } from "./new-room-dialog.tsx";
import { RoomSidebar } from "./room-sidebar.tsx";

type Drawer = "rooms" | "members";
type Dialog = "new-room" | "invite";

/** Where the columns fit beside each other; the same numbers are in layout.css. */
const HAS_ROOM_COLUMN = "(min-width: 800px)";
const HAS_MEMBER_COLUMN = "(min-width: 1080px)";

export function ChatView({ chat }: { readonly chat: Chat }): JSX.Element {
  const drawer = useSignal<Drawer | undefined>(undefined);
  const dialog = useSignal<Dialog | undefined>(undefined);
  const extra = useSignal<ExtraView | undefined>(undefined);
  const hidesMembers = useSignal(false);
  const opener = useRef<HTMLElement | null>(null);
  const shell = useRef<HTMLDivElement>(null);
  const { hasInspector, hasLab } = chat.extras.value;
  const extras = EXTRA_VIEWS.filter(({ path }) => (path === "/lab" ? hasLab : hasInspector));

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
  const toggleExtra = (view: ExtraView): void => {
    extra.value = extra.value === view ? undefined : view;
  };

  useEffect(() => {
    if (drawer.value === undefined) return undefined;
    shell.current?.querySelector<HTMLElement>(".panel[data-open=true] .panel-close")?.focus();
    const onKeyDown = (event: KeyboardEvent): void => {
      if (event.key === "Escape" && document.querySelector("dialog[open]") === null) close();
    };
    addEventListener("keydown", onKeyDown);
    return () => removeEventListener("keydown", onKeyDown);
  }, [drawer.value]);

  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent): void => {
      if (!event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
      const view = extras.find(({ drawerKey }) => drawerKey !== undefined && drawerKey === event.code);
      if (view === undefined) return;
      event.preventDefault();
      toggleExtra(view);
    };
    addEventListener("keydown", onKeyDown);
    return () => removeEventListener("keydown", onKeyDown);
  }, [extras.length]);

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
  const closeDialog = (): void => {
    dialog.value = undefined;
  };

  return (
    <div
      ref={shell}
      class="shell"
      data-hides-members={hidesMembers.value}
      data-has-extra={extra.value !== undefined}
    >
      <RoomSidebar
        chat={chat}
        isOpen={drawer.value === "rooms"}
        extras={extras}
        onOpenRoom={(room) => {
          drawer.value = undefined;
          chat.open(room);
        }}
        onNewRoom={() => (dialog.value = "new-room")}
        onClose={close}
      />
      <ConversationView
        chat={chat}
        isBehind={drawer.value !== undefined}
        extras={extras.filter(({ drawerKey }) => drawerKey !== undefined)}
        openExtra={extra.value}
        onShowRooms={() => open("rooms")}
        onToggleMembers={toggleMembers}
        onToggleExtra={toggleExtra}
        onInvite={() => (dialog.value = "invite")}
      />
      <MemberList chat={chat} isOpen={drawer.value === "members"} onClose={close} />
      {extra.value !== undefined && (
        <ExtraDrawer key={extra.value.path} view={extra.value} onClose={() => (extra.value = undefined)} />
      )}
      {drawer.value !== undefined && <div class="backdrop" onClick={close} />}
      {dialog.value === "new-room" && (
        <NewRoomDialog
          chat={chat}
          onClose={closeDialog}
          onCreated={(isInviteOnly) => {
            drawer.value = undefined;
            dialog.value = isInviteOnly ? "invite" : undefined;
          }}
        />
      )}
      {dialog.value === "invite" && <InviteDialog chat={chat} onClose={closeDialog} />}
      <div class="visually-hidden" role="status" aria-live="polite">
        {chat.notices.announcement.value}
      </div>
    </div>
  );
}
