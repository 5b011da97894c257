// The middle of the page: the room's head, its messages, and the composer. Takes files that are dropped anywhere on it.
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { readRoom } from "../../shared/names.ts";
import type { ExtraView } from "../extra-views.ts";
import type { Chat } from "../state/chat.ts";
import { formatBytes } from "../state/format-bytes.ts";
import { Composer } from "./composer.tsx";
import { ExitIcon, HashIcon, InspectIcon, LinkIcon, LockIcon, MenuIcon, PeopleIcon } from "./icons.tsx";
import { measureImage } from "./measure-image.ts";
import { MessageList } from "./message-list.tsx";

interface Props {
  readonly chat: Chat;
  readonly isBehind: boolean;
  readonly extras: readonly ExtraView[];
  readonly openExtra: ExtraView | undefined;
  readonly onShowRooms: () => void;
  readonly onToggleMembers: () => void;
  readonly onToggleExtra: (view: ExtraView) => void;
  readonly onInvite: () => void;
}

export function ConversationView({ chat, isBehind, ...props }: Props): JSX.Element {
  const isDropping = useSignal(false);
  const session = chat.current.value;
  const room = chat.room.value;

  const onDrag = (event: DragEvent): void => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    isDropping.value = true;
  };
  return (
    <main
      class="conversation"
      inert={isBehind}
      aria-label={`#${chat.labelOf(room)}`}
      onDragEnter={onDrag}
      onDragOver={onDrag}
      onDragLeave={(event) => {
        const to = event.relatedTarget;
        if (!(to instanceof Node) || !event.currentTarget.contains(to)) isDropping.value = false;
      }}
      onDrop={(event) => {
        if (!hasFiles(event)) return;
        event.preventDefault();
        isDropping.value = false;
        const files = [...(event.dataTransfer?.files ?? [])];
        void session?.draft.attach(files, chat.maxFileBytes.value, measureImage);
      }}
    >
      <ConversationHead chat={chat} {...props} />
      {session === undefined ? <div /> : <MessageList key={room} chat={chat} session={session} />}
      {session === undefined ? <div /> : <Composer key={room} chat={chat} session={session} />}
      {isDropping.value && (
        <div class="drop-target">
          <p>
            <strong>Drop files to send them to #{chat.labelOf(room)}</strong>
            <span class="muted">Up to {formatBytes(chat.maxFileBytes.value)} each</span>
          </p>
        </div>
      )}
    </main>
  );
}

function hasFiles(event: DragEvent): boolean {
  return event.dataTransfer?.types.includes("Files") === true;
}

function ConversationHead({
  chat,
  extras,
  openExtra,
  onShowRooms,
  onToggleMembers,
  onToggleExtra,
  onInvite,
}: Omit<Props, "isBehind">): JSX.Element {
  const room = chat.room.value;
  const session = chat.current.value;
  const label = chat.labelOf(room);
  const unread = chat.unread.value;
  const here = session?.people.total.value ?? 0;
  const people = `${here} ${here === 1 ? "person" : "people"}`;
  const isInvite = readRoom(room)?.kind === "invite";
  return (
    <header class="conversation-head">
      <button
        type="button"
        class="icon-button show-rooms"
        aria-label={unread > 0 ? `Show rooms, ${unread} unread` : "Show rooms"}
        onClick={onShowRooms}
      >
        <MenuIcon />
        {unread > 0 && <span class="dot" aria-hidden="true" />}
      </button>
      <h1 class="room-title">
        {isInvite ? <LockIcon /> : <HashIcon />}
        <span class="ellipsis">{label}</span>
      </h1>
      <span class="grow" />
      <button
        type="button"
        class="icon-button"
        aria-label="Invite people"
        title="Invite people"
        onClick={onInvite}
      >
        <LinkIcon />
      </button>
      {extras.map((view) => (
        <button
          key={view.path}
          type="button"
          class="icon-button"
          aria-label={view.label}
          aria-pressed={openExtra === view}
          title={`${view.label} (Alt+${view.drawerKey?.replace("Key", "")})`}
          onClick={() => onToggleExtra(view)}
        >
          <InspectIcon />
        </button>
      ))}
      {chat.joinedRooms.value.length > 1 && (
        <button
          type="button"
          class="icon-button"
          aria-label={`Leave #${label}`}
          title={`Leave #${label}`}
          onClick={() => chat.leave(room)}
        >
          <ExitIcon />
        </button>
      )}
      <button
        type="button"
        class="button is-quiet"
        aria-label={`${people} here: show or hide`}
        title="Who is here"
        onClick={onToggleMembers}
      >
        <PeopleIcon /> {here}
      </button>
    </header>
  );
}
