// Who is writing. Its line is always there, so that nothing moves when somebody begins.
import type { JSX } from "preact";
import type { RoomSession } from "../state/room-session.ts";

export function TypingLine({ session }: { readonly session: RoomSession }): JSX.Element {
  const typing = session.typing.people.value;
  const names = session.people.list.value.filter(({ key }) => typing.has(key)).map(({ name }) => name);
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
