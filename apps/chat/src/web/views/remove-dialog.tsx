// Asks whether a message is to be deleted: nobody gets it back.
import type { JSX } from "preact";
import type { Message } from "../state/message.ts";
import type { RoomSession } from "../state/room-session.ts";
import { Dialog } from "./dialog.tsx";

interface RemoveProps {
  readonly message: Message;
  readonly session: RoomSession;
  readonly onClose: () => void;
}

export function RemoveDialog({ message, session, onClose }: RemoveProps): JSX.Element {
  return (
    <Dialog title="Delete this message?" onClose={onClose}>
      <blockquote class="quote">
        {message.text || message.files.map(({ name }) => name).join(", ")}
      </blockquote>
      <p class="muted">Nobody will see it any more.</p>
      <div class="dialog-actions">
        <button type="button" class="button" autoFocus onClick={onClose}>
          Cancel
        </button>
        <button
          type="button"
          class="button is-danger"
          onClick={() => {
            session.remove(message);
            onClose();
          }}
        >
          Delete
        </button>
      </div>
    </Dialog>
  );
}
