// The address of the room that is shown, to be given to others.
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useRef } from "preact/hooks";
import { readRoom } from "../../shared/names.ts";
import type { Chat } from "../state/chat.ts";
import { Dialog } from "./dialog.tsx";
import { inviteLink } from "./room-address.ts";

interface Props {
  readonly chat: Chat;
  readonly onClose: () => void;
}

export function InviteDialog({ chat, onClose }: Props): JSX.Element {
  const room = chat.room.value;
  const isInvite = readRoom(room)?.kind === "invite";
  const label = chat.labelOf(room);
  const link = inviteLink(location.origin, room, isInvite ? label : undefined);
  const isCopied = useSignal(false);
  const field = useRef<HTMLInputElement>(null);

  const copy = async (): Promise<void> => {
    field.current?.select();
    try {
      await navigator.clipboard.writeText(link);
      isCopied.value = true;
    } catch {
      // Without permission, or without TLS: it is selected, and a key copies it.
      isCopied.value = document.execCommand("copy");
    }
  };

  return (
    <Dialog title={`Invite to #${label}`} onClose={onClose}>
      <div class="form">
        <p class="muted">
          {isInvite
            ? "Whoever has this link can come in, and nobody finds the room without it."
            : "This room is public: everybody may come in, by this link or from the list of rooms."}
        </p>
        <div class="copy-row">
          <input
            ref={field}
            class="field"
            readOnly
            value={link}
            aria-label="Link to this room"
            onFocus={(event) => event.currentTarget.select()}
          />
          <button type="button" class="button is-primary" autoFocus onClick={() => void copy()}>
            {isCopied.value ? "Copied" : "Copy"}
          </button>
        </div>
        <p class="hint" role="status">
          {isCopied.value ? "The link is in the clipboard." : ""}
        </p>
      </div>
    </Dialog>
  );
}
