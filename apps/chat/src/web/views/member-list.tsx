// Who is here, and who is away.
import type { JSX } from "preact";
import type { Chat } from "../state/chat.ts";
import type { PersonHere } from "../state/people-here.ts";
import type { RoomSession } from "../state/room-session.ts";
import { Avatar } from "./avatar.tsx";
import { CloseIcon } from "./icons.tsx";

interface Props {
  readonly chat: Chat;
  readonly isOpen: boolean;
  readonly onClose: () => void;
}

export function MemberList({ chat, isOpen, onClose }: Props): JSX.Element {
  const session = chat.current.value;
  const people = session?.people.list.value ?? [];
  const total = session?.people.total.value ?? 0;
  const here = people.filter(({ isAway }) => !isAway);
  const away = people.filter(({ isAway }) => isAway);
  return (
    <aside class="members panel" data-open={isOpen} aria-label="People in this room">
      <div class="panel-head">
        <h2 class="panel-title">People</h2>
        <button type="button" class="icon-button panel-close" aria-label="Close people" onClick={onClose}>
          <CloseIcon />
        </button>
      </div>
      <div class="panel-body" tabIndex={0} role="group" aria-label="People">
        {session !== undefined && <People title="Here" people={here} chat={chat} session={session} />}
        {session !== undefined && away.length > 0 && (
          <People title="Away" people={away} chat={chat} session={session} />
        )}
        {total > people.length && <p class="hint people-more">and {total - people.length} more</p>}
      </div>
    </aside>
  );
}

interface PeopleProps {
  readonly title: string;
  readonly people: readonly PersonHere[];
  readonly chat: Chat;
  readonly session: RoomSession;
}

function People({ title, people, chat, session }: PeopleProps): JSX.Element {
  const you = chat.session.you.value;
  const typing = session.typing.people.value;
  return (
    <>
      <h3 class="section-title">
        {title} <span class="count">{people.length}</span>
      </h3>
      <ul class="member-list" aria-label={title}>
        {people.map(({ key, name, isAway }) => (
          <li key={key} class="member" data-away={isAway}>
            <span class="member-face">
              <Avatar name={name} />
              <span class="presence-dot" aria-hidden="true" />
            </span>
            <span class="ellipsis" title={name}>
              {name}
            </span>
            {key === you?.key && <span class="tag">you</span>}
            {typing.has(key) && (
              <span class="typing-dots" role="img" aria-label="writing" title="writing">
                <i />
                <i />
                <i />
              </span>
            )}
          </li>
        ))}
      </ul>
    </>
  );
}
