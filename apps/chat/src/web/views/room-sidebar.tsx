// The rooms: ours with what is unread, and the others to join. Below, who we are.
import type { JSX } from "preact";
import { type ChatRoomName, roomPath } from "../../shared/names.ts";
import type { ExtraView } from "../extra-views.ts";
import type { Chat } from "../state/chat.ts";
import type { RoomListEntry } from "../state/room-list.ts";
import { MAX_COUNTED } from "../state/room-reading.ts";
import { Avatar } from "./avatar.tsx";
import { CloseIcon, ExitIcon, HashIcon, LockIcon, PlusIcon } from "./icons.tsx";
import { ThemeButton } from "./theme-button.tsx";

interface Props {
  readonly chat: Chat;
  readonly isOpen: boolean;
  readonly extras: readonly ExtraView[];
  readonly onOpenRoom: (room: ChatRoomName) => void;
  readonly onNewRoom: () => void;
  readonly onClose: () => void;
}

export function RoomSidebar({ chat, isOpen, extras, onOpenRoom, onNewRoom, onClose }: Props): JSX.Element {
  const you = chat.session.you.value;
  const joined = chat.joinedRooms.value;
  const others = chat.otherRooms.value;
  return (
    <aside class="sidebar panel" data-open={isOpen} aria-label="Rooms">
      <div class="panel-head">
        <img src="/icon.svg" width="24" height="24" alt="" />
        <span class="brand">Chat</span>
        <button type="button" class="icon-button panel-close" aria-label="Close rooms" onClick={onClose}>
          <CloseIcon />
        </button>
      </div>
      <nav class="panel-body" aria-label="Rooms">
        <div class="section-head">
          <h2 class="section-title">Your rooms</h2>
          <button
            type="button"
            class="icon-button is-small"
            aria-label="New room"
            title="New room"
            onClick={onNewRoom}
          >
            <PlusIcon />
          </button>
        </div>
        <ul class="room-list" aria-label="Your rooms">
          {joined.map((entry) => (
            <RoomLink key={entry.room} entry={entry} chat={chat} onOpen={onOpenRoom} />
          ))}
        </ul>
        {others.length > 0 && <h2 class="section-title">Other rooms</h2>}
        <ul class="room-list" aria-label="Other rooms">
          {others.map((entry) => (
            <RoomLink key={entry.room} entry={entry} chat={chat} onOpen={onOpenRoom} />
          ))}
        </ul>
      </nav>
      {extras.length > 0 && (
        <p class="extra-links">
          {extras.map(({ path, label }) => (
            <a key={path} href={path} target="_blank" rel="noopener">
              {label}
            </a>
          ))}
        </p>
      )}
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
            onClick={() => void chat.exit()}
          >
            <ExitIcon />
          </button>
        </div>
      )}
    </aside>
  );
}

interface RoomLinkProps {
  readonly entry: RoomListEntry;
  readonly chat: Chat;
  readonly onOpen: (room: ChatRoomName) => void;
}

function RoomLink({ entry, chat, onOpen }: RoomLinkProps): JSX.Element {
  const { room, label, isInvite, members, unread } = entry;
  const people = `${members} ${members === 1 ? "person" : "people"} here`;
  const isMany = unread >= MAX_COUNTED;
  const news = unread > 0 ? `, ${isMany ? "more than 99" : unread} unread` : "";
  return (
    <li>
      <a
        class="room-link"
        href={roomPath(room)}
        aria-current={chat.room.value === room ? "page" : undefined}
        aria-label={`${label}, ${people}${news}`}
        data-unread={unread > 0}
        onClick={(event) => {
          // A new tab is the browser's business.
          if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
          event.preventDefault();
          onOpen(room);
        }}
      >
        {isInvite ? <LockIcon /> : <HashIcon />}
        <span class="grow ellipsis">{label}</span>
        {unread > 0 && <span class="badge">{isMany ? "99+" : unread}</span>}
        <span class="count" title={people}>
          {members}
        </span>
      </a>
    </li>
  );
}
