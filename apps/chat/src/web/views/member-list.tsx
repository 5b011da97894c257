// Who is here.
import type { JSX } from "preact";
import type { ChatStore } from "../state/chat-store.ts";
import { Avatar } from "./avatar.tsx";
import { CloseIcon } from "./icons.tsx";

interface Props {
  readonly store: ChatStore;
  readonly isOpen: boolean;
  readonly onClose: () => void;
}

export function MemberList({ store, isOpen, onClose }: Props): JSX.Element {
  const { members } = store.current.value;
  const you = store.you.value;
  const typing = store.typing.people.value;
  return (
    <aside class="members panel" data-open={isOpen} aria-label="People in this room">
      <div class="panel-head">
        <h2 class="panel-title">
          Here now <span class="count">{members.length}</span>
        </h2>
        <button type="button" class="icon-button panel-close" aria-label="Close people" onClick={onClose}>
          <CloseIcon />
        </button>
      </div>
      <ul class="panel-body member-list" aria-label="Here now">
        {members.map(({ id, name }) => (
          <li key={id} class="member">
            <Avatar name={name} />
            <span class="ellipsis" title={name}>
              {name}
            </span>
            {id === you?.id && <span class="tag">you</span>}
            {typing.has(id) && <span class="muted small">writing…</span>}
          </li>
        ))}
      </ul>
    </aside>
  );
}
