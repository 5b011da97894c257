// Where messages are written, edited, and given files. Says how much of anything there may be before it is too much, and keeps what was
// begun in each room.
import type { JSX } from "preact";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { LIMITS } from "../../shared/limits.ts";
import type { Chat } from "../state/chat.ts";
import type { FileDraft } from "../state/file-draft.ts";
import { formatBytes } from "../state/format-bytes.ts";
import type { RoomSession } from "../state/room-session.ts";
import { ConnectionStatus } from "./connection-status.tsx";
import { CheckIcon, CloseIcon, EditIcon, FileIcon, PaperclipIcon, SendIcon } from "./icons.tsx";
import { measureImage } from "./measure-image.ts";
import { Thumbnail } from "./thumbnail.tsx";
import { TypingLine } from "./typing-line.tsx";

/** From here on the characters are counted. */
const COUNTED_FROM = LIMITS.text * 0.75;
const number = new Intl.NumberFormat();

interface Props {
  readonly chat: Chat;
  readonly session: RoomSession;
}

export function Composer({ chat, session }: Props): JSX.Element {
  const { draft } = session;
  const text = draft.text.value;
  const edited = draft.editing.value;
  const field = useRef<HTMLTextAreaElement>(null);
  const picker = useRef<HTMLInputElement>(null);
  const label = edited === undefined ? `Message #${chat.labelOf(session.room)}` : "Edit message";

  useEffect(() => {
    // On a phone this would open the keyboard over what somebody came to read.
    if (edited !== undefined || matchMedia("(hover: hover)").matches) field.current?.focus();
  }, [edited?.key]);
  useLayoutEffect(() => {
    const element = field.current;
    if (element === null) return;
    element.style.height = "auto";
    element.style.height = `${element.scrollHeight}px`;
  }, [text]);

  const attach = (files: Iterable<File>): void => {
    void draft.attach([...files], chat.maxFileBytes.value, measureImage);
    field.current?.focus();
  };
  const submit = (): void => {
    session.sendDraft();
    field.current?.focus();
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    // While a character is being composed, Enter chooses it.
    if (event.isComposing) return;
    if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      submit();
    } else if (event.key === "Escape" && edited !== undefined) {
      event.preventDefault();
      draft.endEdit();
    } else if (event.key === "ArrowUp" && text === "" && edited === undefined) {
      const own = session.timeline.lastOwn();
      if (own === undefined || own.text === "") return;
      event.preventDefault();
      draft.beginEdit(own);
    }
  };

  return (
    <footer class="composer-frame">
      <div class="composer">
        <TypingLine session={session} />
        <form
          class="composer-box"
          data-is-editing={edited !== undefined}
          onSubmit={(event) => {
            event.preventDefault();
            submit();
          }}
        >
          {edited !== undefined && (
            <div class="editing-bar">
              <EditIcon />
              <span class="grow">Editing a message</span>
              <button type="button" class="link-button" onClick={() => draft.endEdit()}>
                Cancel
              </button>
            </div>
          )}
          <Files session={session} />
          <div class="composer-row">
            {edited === undefined && (
              <>
                <button
                  type="button"
                  class="icon-button attach-button"
                  aria-label="Attach files"
                  title={`Attach files, up to ${formatBytes(chat.maxFileBytes.value)} each`}
                  onClick={() => picker.current?.click()}
                >
                  <PaperclipIcon />
                </button>
                <input
                  ref={picker}
                  type="file"
                  class="visually-hidden"
                  multiple
                  tabIndex={-1}
                  aria-label="Files to attach"
                  onChange={(event) => {
                    attach(event.currentTarget.files ?? []);
                    event.currentTarget.value = "";
                  }}
                />
              </>
            )}
            <textarea
              ref={field}
              class="composer-field"
              rows={1}
              enterkeyhint="send"
              value={text}
              placeholder={label}
              aria-label={label}
              aria-describedby="composer-hint"
              aria-invalid={draft.isTooLong.value}
              onInput={(event) => session.write(event.currentTarget.value.replaceAll("\r\n", "\n"))}
              onKeyDown={onKeyDown}
              onPaste={(event) => {
                const files = event.clipboardData?.files ?? [];
                if (files.length === 0) return;
                event.preventDefault();
                attach(files);
              }}
            />
            <button
              type="submit"
              class="send-button"
              aria-label={edited === undefined ? "Send" : "Save"}
              title={edited === undefined ? "Send" : "Save"}
              disabled={!draft.canSend.value}
            >
              {edited === undefined ? <SendIcon /> : <CheckIcon />}
            </button>
          </div>
        </form>
        <div class="composer-foot">
          <ConnectionStatus chat={chat} />
          <Hint chat={chat} session={session} />
        </div>
      </div>
    </footer>
  );
}

function Files({ session: { draft } }: { readonly session: RoomSession }): JSX.Element | null {
  const files = draft.files.value;
  if (files.length === 0) return null;
  return (
    <ul class="draft-files" aria-label="Files to send">
      {files.map((file) => (
        <DraftFile key={file.key} file={file} onRemove={() => draft.detach(file.key)} />
      ))}
    </ul>
  );
}

function DraftFile({
  file,
  onRemove,
}: {
  readonly file: FileDraft;
  readonly onRemove: () => void;
}): JSX.Element {
  return (
    <li class="draft-file">
      {file.width === undefined ? (
        <span class="thumbnail is-icon">
          <FileIcon />
        </span>
      ) : (
        <Thumbnail draft={file} width={40} height={40} />
      )}
      <span class="file-name">
        <span class="ellipsis">{file.name}</span>
        <span class="hint">{formatBytes(file.file.size)}</span>
      </span>
      <button
        type="button"
        class="icon-button is-small"
        aria-label={`Remove ${file.name}`}
        onClick={onRemove}
      >
        <CloseIcon />
      </button>
    </li>
  );
}

function Hint({ chat, session: { draft } }: Props): JSX.Element {
  const { length } = draft.text.value;
  const complaint = draft.complaint.value;
  if (complaint !== undefined) {
    return (
      <p id="composer-hint" class="hint is-bad" role="alert">
        {complaint}
      </p>
    );
  }
  if (length >= COUNTED_FROM) {
    const surplus = length - LIMITS.text;
    return (
      <p id="composer-hint" class={surplus > 0 ? "hint is-bad" : "hint"}>
        {surplus > 0
          ? `${number.format(surplus)} characters too long`
          : `${number.format(-surplus)} characters left`}
      </p>
    );
  }
  if (draft.editing.value !== undefined) {
    return (
      <p id="composer-hint" class="hint">
        <kbd>Enter</kbd> saves, <kbd>Esc</kbd> cancels
      </p>
    );
  }
  return (
    <p id="composer-hint" class="hint">
      <span class="wide-only">
        <kbd>Enter</kbd> sends, <kbd>Shift</kbd> <kbd>Enter</kbd> breaks the line,{" "}
      </span>
      up to {number.format(LIMITS.text)} characters, files to {formatBytes(chat.maxFileBytes.value)}
    </p>
  );
}
