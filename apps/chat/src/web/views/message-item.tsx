// One message. Its text reaches the page as text nodes and links, never as markup.
import type { JSX } from "preact";
import type { ChatStore } from "../state/chat-store.ts";
import { linkify } from "../state/linkify.ts";
import type { TimelineMessage } from "../state/timeline.ts";
import { Avatar, hue } from "./avatar.tsx";
import { formatFull, formatTime } from "./format-time.ts";
import { AlertIcon, CheckIcon, ClockIcon } from "./icons.tsx";

interface Props {
  readonly message: TimelineMessage;
  readonly store: ChatStore;
}

const STATES = {
  pending: { label: "Sending", Icon: ClockIcon },
  delivered: { label: "Delivered", Icon: CheckIcon },
  failed: { label: "Not sent", Icon: AlertIcon },
};

export function MessageItem({ message, store }: Props): JSX.Element {
  const { author, isOwn, isFirst, isLast, at, text, state } = message;
  return (
    <li class="message" data-own={isOwn} data-first={isFirst} data-last={isLast} data-state={state}>
      {!isOwn && isFirst && <Avatar name={author.name} />}
      <div class="message-main">
        {/* Of a group the first says who and when; the others on being pointed at, beside, so that nothing moves. */}
        <p class={isFirst ? "message-head" : "message-head is-aside"}>
          <span class={isOwn || !isFirst ? "visually-hidden" : "message-author"} data-hue={hue(author.name)}>
            {isOwn ? "You" : author.name}
          </span>
          <time dateTime={new Date(at).toISOString()} title={formatFull(at)}>
            {formatTime(at)}
          </time>
        </p>
        <div class="bubble">
          <Text text={text} />
          {isOwn && <StateMark state={state} />}
        </div>
        {state === "failed" && <Failure message={message} store={store} />}
      </div>
    </li>
  );
}

function Text({ text }: { readonly text: string }): JSX.Element {
  return (
    <span class="message-text">
      {linkify(text).map((part) =>
        part.kind === "link" ? (
          <a href={part.href} target="_blank" rel="noopener noreferrer nofollow ugc">
            {part.text}
          </a>
        ) : (
          part.text
        ),
      )}
    </span>
  );
}

function StateMark({ state }: { readonly state: keyof typeof STATES }): JSX.Element {
  const { label, Icon } = STATES[state];
  return (
    <span class="state-mark" role="img" aria-label={label} title={label}>
      <Icon />
    </span>
  );
}

function Failure({ message: { id, reason }, store }: Props): JSX.Element {
  return (
    <p class="failure">
      <span>Not sent. {reason}</span>
      <button type="button" class="link-button" onClick={() => store.retry(id)}>
        Retry
      </button>
      <button type="button" class="link-button" onClick={() => store.discard(id)}>
        Delete
      </button>
    </p>
  );
}
