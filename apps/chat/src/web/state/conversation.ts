// One room as this page knows it, and how events change it. Pure: a conversation in, a conversation out.
import type { ChatMessage, Person, Position, Recovery } from "../../shared/protocol.ts";

/** A message of ours that the server has not confirmed. */
export interface Outgoing {
  readonly id: string;
  readonly at: number;
  readonly text: string;
  readonly state: "pending" | "failed";
  /** Why it failed. */
  readonly reason?: string | undefined;
}

export interface Conversation {
  readonly room: string;
  /** Whether the content is here and live; not so before the first `joined`, and after a break. */
  readonly isLive: boolean;
  /** The place up to which everything was seen; undefined before the first `joined`. */
  readonly position: Position | undefined;
  /** Sorted by number, each once. */
  readonly messages: readonly ChatMessage[];
  /** In the order in which they were written. */
  readonly outgoing: readonly Outgoing[];
  /** Sorted by name. */
  readonly members: readonly Person[];
}

/** What the page keeps of a room; older messages are dropped from the top. */
export const MAX_MESSAGES = 1000;

export function emptyConversation(room: string): Conversation {
  return { room, isLive: false, position: undefined, messages: [], outgoing: [], members: [] };
}

/** The content of the room has arrived. */
export function joined(
  conversation: Conversation,
  content: {
    readonly recovery: Recovery;
    readonly position: Position;
    readonly messages: readonly ChatMessage[];
    readonly members: readonly Person[];
  },
): Conversation {
  const { recovery, position, members } = content;
  // Live messages may have overtaken the content. Those of another epoch have nothing to do with it.
  const isSameHistory = conversation.position?.epoch === position.epoch;
  const kept = conversation.messages.filter(
    ({ seq }) => recovery === "recovered" || (isSameHistory && seq > position.seq),
  );
  const messages = merge(kept, content.messages);
  const seq = Math.max(position.seq, messages.at(-1)?.seq ?? 0);
  return {
    ...conversation,
    isLive: true,
    position: { epoch: position.epoch, seq },
    messages,
    outgoing: withoutDelivered(conversation.outgoing, content.messages),
    members: sortedByName(members),
  };
}

/** A message has arrived, perhaps not for the first time. */
export function received(conversation: Conversation, message: ChatMessage): Conversation {
  const outgoing = withoutDelivered(conversation.outgoing, [message]);
  const { position } = conversation;
  if (position === undefined) return { ...conversation, outgoing };
  return {
    ...conversation,
    outgoing,
    messages: merge(conversation.messages, [message]),
    position: { epoch: position.epoch, seq: Math.max(position.seq, message.seq) },
  };
}

/** The connection broke: what is here is no longer live. */
export function interrupted(conversation: Conversation): Conversation {
  return conversation.isLive ? { ...conversation, isLive: false } : conversation;
}

export function queued(conversation: Conversation, message: Omit<Outgoing, "state">): Conversation {
  return { ...conversation, outgoing: [...conversation.outgoing, { ...message, state: "pending" }] };
}

export function failed(conversation: Conversation, id: string, reason: string): Conversation {
  return withOutgoing(conversation, id, (message) => ({ ...message, state: "failed", reason }));
}

export function retried(conversation: Conversation, id: string): Conversation {
  return withOutgoing(conversation, id, ({ at, text }) => ({ id, at, text, state: "pending" }));
}

export function discarded(conversation: Conversation, id: string): Conversation {
  return { ...conversation, outgoing: conversation.outgoing.filter((message) => message.id !== id) };
}

export function memberJoined(conversation: Conversation, person: Person): Conversation {
  const others = conversation.members.filter(({ id }) => id !== person.id);
  return { ...conversation, members: sortedByName([...others, person]) };
}

export function memberLeft(conversation: Conversation, personId: string): Conversation {
  return { ...conversation, members: conversation.members.filter(({ id }) => id !== personId) };
}

function withOutgoing(
  conversation: Conversation,
  id: string,
  change: (message: Outgoing) => Outgoing,
): Conversation {
  const outgoing = conversation.outgoing.map((message) => (message.id === id ? change(message) : message));
  return { ...conversation, outgoing };
}

function withoutDelivered(
  outgoing: readonly Outgoing[],
  delivered: readonly ChatMessage[],
): readonly Outgoing[] {
  if (outgoing.length === 0) return outgoing;
  const ids = new Set(delivered.map(({ id }) => id));
  return outgoing.filter(({ id }) => !ids.has(id));
}

function merge(known: readonly ChatMessage[], more: readonly ChatMessage[]): readonly ChatMessage[] {
  const [first] = more;
  if (first === undefined) return known;
  // Nearly always the new ones simply follow.
  const last = known.at(-1)?.seq ?? -1;
  if (first.seq > last && isAscending(more)) return [...known, ...more].slice(-MAX_MESSAGES);
  const bySeq = new Map([...known, ...more].map((message) => [message.seq, message]));
  return [...bySeq.values()].toSorted((a, b) => a.seq - b.seq).slice(-MAX_MESSAGES);
}

function isAscending(messages: readonly ChatMessage[]): boolean {
  return messages.every(({ seq }, index) => index === 0 || seq > (messages[index - 1]?.seq ?? 0));
}

function sortedByName(people: readonly Person[]): readonly Person[] {
  return [...people].toSorted((a, b) => a.name.localeCompare(b.name));
}
