// What the conversation shows: messages under day separators, those of one author shortly after another as a group.
import type { ChatMessage, Person } from "../../shared/protocol.ts";
import type { Conversation, Outgoing } from "./conversation.ts";

export type MessageState = "delivered" | Outgoing["state"];

export interface TimelineMessage {
  readonly kind: "message";
  readonly key: string;
  readonly id: string;
  readonly author: Person;
  readonly isOwn: boolean;
  readonly at: number;
  readonly text: string;
  readonly state: MessageState;
  readonly reason: string | undefined;
  /** First and last of their group, where the author and the time are shown. */
  readonly isFirst: boolean;
  readonly isLast: boolean;
}

export type TimelineItem =
  | { readonly kind: "day"; readonly key: string; readonly at: number }
  | TimelineMessage;

const GROUP_MS = 5 * 60 * 1000;

type Draft = Omit<TimelineMessage, "isFirst" | "isLast">;

export function timeline(conversation: Conversation, you: Person): readonly TimelineItem[] {
  const drafts: Draft[] = [
    ...conversation.messages.map((message) => delivered(message, you)),
    ...conversation.outgoing.map((message) => outgoing(message, you)),
  ];
  const items: TimelineItem[] = [];
  drafts.forEach((draft, index) => {
    const previous = drafts[index - 1];
    const next = drafts[index + 1];
    if (previous === undefined || !isSameDay(previous.at, draft.at)) {
      items.push({ kind: "day", key: `day-${draft.key}`, at: draft.at });
    }
    items.push({ ...draft, isFirst: !isSameGroup(previous, draft), isLast: !isSameGroup(draft, next) });
  });
  return items;
}

function delivered({ id, author, at, text }: ChatMessage, you: Person): Draft {
  const isOwn = author.id === you.id;
  return { kind: "message", key: id, id, author, isOwn, at, text, state: "delivered", reason: undefined };
}

function outgoing({ id, at, text, state, reason }: Outgoing, you: Person): Draft {
  return { kind: "message", key: id, id, author: you, isOwn: true, at, text, state, reason };
}

function isSameGroup(one: Draft | undefined, next: Draft | undefined): boolean {
  if (one === undefined || next === undefined) return false;
  const isClose = next.at - one.at < GROUP_MS && isSameDay(one.at, next.at);
  return isClose && one.author.id === next.author.id && one.state !== "failed";
}

export function isSameDay(one: number, other: number): boolean {
  return new Date(one).toDateString() === new Date(other).toDateString();
}
