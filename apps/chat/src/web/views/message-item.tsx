// One message. Its text reaches the page as text nodes and links, never as markup.
import { useSignal } from "@preact/signals";
import { Component, type JSX } from "preact";
import { linkify } from "../state/linkify.ts";
import type { Message } from "../state/message.ts";
import type { RoomSession } from "../state/room-session.ts";
import type { Upload } from "../state/upload.ts";
import { Avatar, hue } from "./avatar.tsx";
import { formatFull, formatTime } from "./format-time.ts";
import { AlertIcon, CheckIcon, ClockIcon, EditIcon, TrashIcon } from "./icons.tsx";
import type { ShownImage } from "./image-dialog.tsx";
import { MessageFiles } from "./message-files.tsx";
import { UploadProgress } from "./upload-progress.tsx";

interface Props {
  readonly message: Message;
  readonly session: RoomSession;
  readonly upload: Upload | undefined;
  /** The day that begins with it. */
  readonly day: string | undefined;
  /** It is the first that was not read when the room was opened. */
  readonly isNews: boolean;
  /** The first of its group, where the author is named. */
  readonly isFirst: boolean;
  readonly onShowImage: (image: ShownImage) => void;
  readonly onRemove: (message: Message) => void;
  /** All of a long text is shown now: it is higher. */
  readonly onUnfold: () => void;
}

const STATES = {
  uploading: { label: "Sending", Icon: ClockIcon },
  pending: { label: "Sending", Icon: ClockIcon },
  delivered: { label: "Delivered", Icon: CheckIcon },
  failed: { label: "Not sent", Icon: AlertIcon },
};

function MessageRow({ message, session, upload, day, isNews, isFirst, ...actions }: Props): JSX.Element {
  const { key, author, isOwn, at, state, isRemoved, isEdited } = message;
  const time = (
    <time class="message-time" dateTime={new Date(at).toISOString()} title={formatFull(at)}>
      {formatTime(at)}
    </time>
  );
  return (
    <li class="message-row" data-key={key} tabIndex={-1}>
      {day !== undefined && (
        <p class="divider">
          <span>{day}</span>
        </p>
      )}
      {isNews && (
        <p class="divider is-news">
          <span>New</span>
        </p>
      )}
      <article class="message" data-own={isOwn} data-first={isFirst} data-state={state}>
        <div class="message-gutter">{isFirst ? <Avatar name={author.name} /> : time}</div>
        <div class="message-main">
          {/* Of a group the first says who; all say it to those who listen. */}
          <p class={isFirst ? "message-head" : "visually-hidden"}>
            <span class="message-author" data-hue={hue(author.name)}>
              {author.name}
            </span>
            {isFirst && time}
          </p>
          {isRemoved ? (
            <p class="message-text is-removed">Message deleted</p>
          ) : (
            <>
              {message.text !== "" && (
                <MessageText text={message.text} isEdited={isEdited} onUnfold={actions.onUnfold} />
              )}
              <MessageFiles message={message} onShowImage={actions.onShowImage} />
            </>
          )}
          {upload !== undefined && (
            <UploadProgress upload={upload} onCancel={() => session.own.discard(message.id)} />
          )}
          {state === "failed" && <Failure message={message} session={session} />}
        </div>
        {isOwn && <StateMark state={state} />}
        {isOwn && !isRemoved && state === "delivered" && (
          <Actions message={message} session={session} {...actions} />
        )}
      </article>
    </li>
  );
}

/** Drawn again only for something else to show. */
export class MessageItem extends Component<Props> {
  override shouldComponentUpdate(next: Props): boolean {
    // The handlers do the same each time.
    const { onShowImage: _, onRemove: __, onUnfold: ___, ...shown } = this.props;
    return Object.entries(shown).some(([name, value]) => next[name as keyof Props] !== value);
  }

  override render(): JSX.Element {
    return <MessageRow {...this.props} />;
  }
}

/** Of more lines the first are shown, and the others when they are asked for: nobody fills the page of everybody with blank lines. */
const MAX_LINES = 40;
const SHOWN_LINES = 30;

interface MessageTextProps {
  readonly text: string;
  readonly isEdited: boolean;
  readonly onUnfold: () => void;
}

function MessageText({ text, isEdited, onUnfold }: MessageTextProps): JSX.Element {
  const isUnfolded = useSignal(false);
  const lines = text.split("\n");
  const isFolded = !isUnfolded.value && lines.length > MAX_LINES;
  return (
    <>
      <p class="message-text" dir="auto">
        <Text text={isFolded ? lines.slice(0, SHOWN_LINES).join("\n") : text} />
        {isEdited && <span class="edited"> (edited)</span>}
      </p>
      {isFolded && (
        <button
          type="button"
          class="link-button"
          onClick={() => {
            isUnfolded.value = true;
            onUnfold();
          }}
        >
          Show all {lines.length.toLocaleString("en")} lines
        </button>
      )}
    </>
  );
}

function Text({ text }: { readonly text: string }): JSX.Element {
  return (
    <>
      {linkify(text).map((part) =>
        part.kind === "link" ? (
          <a href={part.href} target="_blank" rel="noopener noreferrer nofollow ugc">
            {part.text}
          </a>
        ) : (
          part.text
        ),
      )}
    </>
  );
}

function StateMark({ state }: { readonly state: Message["state"] }): JSX.Element {
  const { label, Icon } = STATES[state];
  return (
    <span class="state-mark" role="img" aria-label={label} title={label}>
      <Icon />
    </span>
  );
}

function Actions({
  message,
  session,
  onRemove,
}: Pick<Props, "message" | "session" | "onRemove">): JSX.Element {
  return (
    <div class="message-actions">
      {message.text !== "" && (
        <button
          type="button"
          class="icon-button is-small"
          aria-label="Edit message"
          title="Edit"
          onClick={() => session.draft.beginEdit(message)}
        >
          <EditIcon />
        </button>
      )}
      <button
        type="button"
        class="icon-button is-small"
        aria-label="Delete message"
        title="Delete"
        onClick={() => onRemove(message)}
      >
        <TrashIcon />
      </button>
    </div>
  );
}

function Failure({ message: { id, reason }, session }: Pick<Props, "message" | "session">): JSX.Element {
  return (
    <p class="failure">
      <span>Not sent. {reason}</span>
      <button type="button" class="link-button" onClick={() => session.own.retry(id)}>
        Retry
      </button>
      <button type="button" class="link-button" onClick={() => session.own.discard(id)}>
        Delete
      </button>
    </p>
  );
}
