// Who is writing. Its line is always there, so that nothing moves when somebody begins.
import type { JSX } from "preact";
import type { ChatStore } from "../state/chat-store.ts";

export function TypingLine({ store }: { readonly store: ChatStore }): JSX.Element {
  const typing = store.typing.people.value;
  const names = store.current.value.members.filter(({ id }) => typing.has(id)).map(({ name }) => name);
  return (
    <p class="typing-line">
      {names.length > 0 && (
        <>
          <span class="typing-dots" aria-hidden="true">
            <i />
            <i />
            <i />
          </span>
          <span class="ellipsis">{sentence(names)}</span>
        </>
      )}
    </p>
  );
}

export function sentence(names: readonly string[]): string {
  const [first, second] = names;
  if (names.length === 1) return `${first} is writing…`;
  if (names.length === 2) return `${first} and ${second} are writing…`;
  return `${names.length} people are writing…`;
}
