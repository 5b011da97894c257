// Makes a room, or goes into the one of that name: public and listed, or only for those who have its link.
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useRef } from "preact/hooks";
import { LIMITS } from "../../shared/limits.ts";
import { judgeRoom } from "../../shared/names.ts";
import type { Chat } from "../state/chat.ts";
import { Dialog } from "./dialog.tsx";
import { HashIcon, LockIcon } from "./icons.tsx";

interface Props {
  readonly chat: Chat;
  readonly onCreated: (isInviteOnly: boolean) => void;
  readonly onClose: () => void;
}

export function NewRoomDialog({ chat, onCreated, onClose }: Props): JSX.Element {
  const name = useSignal("");
  const isInviteOnly = useSignal(false);
  const complaint = useSignal<string | undefined>(undefined);
  const isBusy = useSignal(false);
  const input = useRef<HTMLInputElement>(null);

  const refuse = (why: string): void => {
    complaint.value = why;
    input.current?.focus();
  };
  const submit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const verdict = judgeRoom(name.value);
    if (!verdict.ok) return refuse(verdict.reason);
    if (isBusy.value) return;
    isBusy.value = true;
    const why = await chat.create(verdict.name, isInviteOnly.value);
    isBusy.value = false;
    if (why === undefined) onCreated(isInviteOnly.value);
    else refuse(why);
  };

  return (
    <Dialog title="New room" onClose={onClose}>
      <form class="form" noValidate onSubmit={(event) => void submit(event)}>
        <label for="room-name">Name of the room</label>
        <input
          id="room-name"
          ref={input}
          class="field"
          value={name.value}
          placeholder="tea-time"
          autoComplete="off"
          autoCapitalize="none"
          autoFocus
          spellcheck={false}
          aria-describedby="room-name-hint"
          aria-invalid={complaint.value !== undefined}
          onInput={(event) => {
            name.value = event.currentTarget.value;
            complaint.value = undefined;
          }}
        />
        <p id="room-name-hint" class={complaint.value === undefined ? "hint" : "hint is-bad"} role="status">
          {complaint.value ?? `Up to ${LIMITS.room} letters, digits, - and _.`}
        </p>
        <fieldset class="choices">
          <legend class="visually-hidden">Who may come in</legend>
          <label class="choice">
            <input
              type="radio"
              name="visibility"
              checked={!isInviteOnly.value}
              onChange={() => (isInviteOnly.value = false)}
            />
            <HashIcon />
            <span>
              <strong>Public</strong>
              <span class="hint">In the list of rooms; everybody may join.</span>
            </span>
          </label>
          <label class="choice">
            <input
              type="radio"
              name="visibility"
              checked={isInviteOnly.value}
              onChange={() => (isInviteOnly.value = true)}
            />
            <LockIcon />
            <span>
              <strong>Invite only</strong>
              <span class="hint">In no list; only who has its link may join.</span>
            </span>
          </label>
        </fieldset>
        <div class="dialog-actions">
          <button type="button" class="button" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" class="button is-primary" disabled={isBusy.value}>
            Open room
          </button>
        </div>
      </form>
    </Dialog>
  );
}
