// One message as the page shows it: what was said, with what has become of it since. Never changed, only replaced, so that what
// shows it can tell by its identity.
import type { FileCard } from "../../shared/files.ts";
import type { Person } from "../../shared/person.ts";
import type { FileDraft } from "./file-draft.ts";

export type MessageState =
  /** Its files are on their way. */
  "uploading" | "pending" | "delivered" | "failed";

export interface Message {
  /** The same from the first moment on, here and for everybody: who said it, and the id that they gave. */
  readonly key: string;
  readonly id: string;
  readonly author: Person;
  readonly isOwn: boolean;
  /** Its number in the room, once it is known. */
  readonly seq: number | undefined;
  /** By the clock of the engine; by ours as long as it is on its way. */
  readonly at: number;
  readonly text: string;
  readonly files: readonly FileCard[];
  /** Of our own, before they are cards. */
  readonly drafts: readonly FileDraft[];
  readonly isEdited: boolean;
  readonly isRemoved: boolean;
  readonly state: MessageState;
  /** Why it failed. */
  readonly reason: string | undefined;
}

/** Who said it and under which id: together they name a message. @param from as rooms know a person */
export function messageKey(from: string, id: string): string {
  return `${from} ${id}`;
}

const GROUP_MS = 5 * 60 * 1000;

/** Whether one follows the other so closely that the author need not be named again. */
export function isSameGroup(one: Message | undefined, next: Message | undefined): boolean {
  if (one === undefined || next === undefined || one.author.key !== next.author.key) return false;
  return next.at - one.at < GROUP_MS && isSameDay(one.at, next.at) && one.state !== "failed";
}

export function isSameDay(one: number, other: number): boolean {
  // Most are minutes apart, and dates are slow to make.
  return Math.abs(other - one) < 24 * 60 * 60 * 1000 && new Date(one).getDate() === new Date(other).getDate();
}
