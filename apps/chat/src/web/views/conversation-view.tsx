// The middle of the page: the room's head, its messages, and the composer.
import type { JSX } from "preact";
import type { ChatStore } from "../state/chat-store.ts";
import { Composer } from "./composer.tsx";
import { HashIcon, MenuIcon, PeopleIcon } from "./icons.tsx";
import { MessageList } from "./message-list.tsx";

interface Props {
  readonly store: ChatStore;
  readonly isBehind: boolean;
  readonly onShowRooms: () => void;
  readonly onToggleMembers: () => void;
}

export function ConversationView({ store, isBehind, onShowRooms, onToggleMembers }: Props): JSX.Element {
  const { room, members, isLive } = store.current.value;
  const unread = store.unread.value;
  const people = `${members.length} ${members.length === 1 ? "person" : "people"}`;
  return (
    <main class="conversation" inert={isBehind}>
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
          <HashIcon />
          <span class="ellipsis">{room}</span>
        </h1>
        <span class="grow" />
        {store.joinedRooms.value.length > 1 && (
          <button
            type="button"
            class="button is-quiet"
            aria-label={`Leave #${room}`}
            title={`Leave #${room}`}
            onClick={() => store.leave(room)}
            disabled={!isLive}
          >
            Leave
          </button>
        )}
        <button
          type="button"
          class="button is-quiet"
          aria-label={`${people} here: show or hide`}
          title="Who is here"
          onClick={onToggleMembers}
        >
          <PeopleIcon /> {members.length}
        </button>
      </header>
      <MessageList store={store} />
      <Composer store={store} />
    </main>
  );
}
