// The rooms: ours with what is unread, the others to join, and a field to begin a new one. Below, who we are.
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useRef } from "preact/hooks";
import { LIMITS } from "../../shared/limits.ts";
import { judgeRoom } from "../../shared/names.ts";
import type { ChatStore } from "../state/chat-store.ts";
import type { RoomEntry } from "../state/room-list.ts";
import { Avatar } from "./avatar.tsx";
import { CloseIcon, ExitIcon, HashIcon, PlusIcon } from "./icons.tsx";
import { roomPath } from "./room-path.ts";
import { ThemeButton } from "./theme-button.tsx";

interface Props {
  readonly store: ChatStore;
  readonly isOpen: boolean;
  readonly onOpenRoom: (room: string) => void;
  readonly onClose: () => void;
}

export function RoomSidebar({ store, isOpen, onOpenRoom, onClose }: Props): JSX.Element {
  const you = store.you.value;
  const joined = store.joinedRooms.value;
  const others = store.otherRooms.value;
  return (
    <aside class="sidebar panel" data-open={isOpen} aria-label="Rooms">
      <div class="panel-head">
        <img src="/icon.svg" width="24" height="24" alt="" />
        <span class="brand">Chat</span>
        <button type="button" class="icon-button panel-close" aria-label="Close rooms" onClick={onClose}>
          <CloseIcon />
        </button>
      </div>
      {/* Above the lists, which grow and shrink. */}
      <NewRoom onOpen={onOpenRoom} />
      <nav class="panel-body" aria-label="Rooms">
        <h2 class="section-title">Your rooms</h2>
        <ul class="room-list">
          {joined.map((entry) => (
            <RoomLink key={entry.room} entry={entry} store={store} onOpen={onOpenRoom} />
          ))}
        </ul>
        {others.length > 0 && <h2 class="section-title">Other rooms</h2>}
        <ul class="room-list">
          {others.map((entry) => (
            <RoomLink key={entry.room} entry={entry} store={store} onOpen={onOpenRoom} />
          ))}
        </ul>
      </nav>
      {you !== undefined && (
        <div class="panel-foot">
          <Avatar name={you.name} />
          <span class="grow ellipsis" title={you.name}>
            {you.name}
          </span>
          <ThemeButton />
          <button
            type="button"
            class="icon-button"
            aria-label="Leave the chat"
            title="Leave the chat"
            onClick={() => void store.exit()}
          >
            <ExitIcon />
          </button>
        </div>
      )}
    </aside>
  );
}

interface RoomLinkProps {
  readonly entry: RoomEntry;
  readonly store: ChatStore;
  readonly onOpen: (room: string) => void;
}

function RoomLink({ entry: { room, members, unread }, store, onOpen }: RoomLinkProps): JSX.Element {
  const isCurrent = store.room.value === room;
  const people = `${members} ${members === 1 ? "person" : "people"} here`;
  const news = unread > 0 ? `, ${unread} unread` : "";
  return (
    <li>
      <a
        class="room-link"
        href={roomPath(room)}
        aria-current={isCurrent ? "page" : undefined}
        aria-label={`${room}, ${people}${news}`}
        data-unread={unread > 0}
        onClick={(event) => {
          // A new tab is the browser's business.
          if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
          event.preventDefault();
          onOpen(room);
        }}
      >
        <HashIcon />
        <span class="grow ellipsis">{room}</span>
        {unread > 0 ? (
          <span class="badge">{unread > 99 ? "99+" : unread}</span>
        ) : (
          <span class="count" title={people}>
            {members}
          </span>
        )}
      </a>
    </li>
  );
}

function NewRoom({ onOpen }: { readonly onOpen: (room: string) => void }): JSX.Element {
  const name = useSignal("");
  const complaint = useSignal<string | undefined>(undefined);
  const input = useRef<HTMLInputElement>(null);

  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    const verdict = judgeRoom(name.value);
    complaint.value = verdict.ok ? undefined : verdict.reason;
    if (!verdict.ok) return input.current?.focus();
    name.value = "";
    onOpen(verdict.name);
  };

  return (
    <form class="new-room" noValidate onSubmit={submit}>
      <div class="new-room-row">
        <PlusIcon />
        <input
          ref={input}
          class="bare-field"
          value={name.value}
          placeholder="Create or join a room"
          aria-label="Create or join a room"
          aria-describedby="new-room-hint"
          aria-invalid={complaint.value !== undefined}
          autoComplete="off"
          autoCapitalize="none"
          spellcheck={false}
          onInput={(event) => {
            name.value = event.currentTarget.value;
            complaint.value = undefined;
          }}
          onKeyDown={(event) => {
            if (event.key !== "Escape" || name.value === "") return;
            event.stopPropagation();
            name.value = "";
            complaint.value = undefined;
          }}
        />
      </div>
      <p id="new-room-hint" class={complaint.value === undefined ? "hint" : "hint is-bad"} role="status">
        {complaint.value ?? `Up to ${LIMITS.room} letters, digits, - and _.`}
      </p>
    </form>
  );
}
