// What is written down of one room while everything breaks: what was acknowledged, and what each member heard, in its order.
import type { Position } from "@ws/rooms";

/** Names a message: who published it, and as which of theirs in this room. */
export interface MessageName {
  readonly publisher: string;
  readonly number: number;
}

export interface Acknowledged extends MessageName {
  readonly position: Position;
  /** When its publisher gave it away for the first time, in ms since 1970. */
  readonly sentMs: number;
}

/** What came to a member, in the order in which the application was told. */
export type Happening =
  | (MessageName & { readonly type: "message"; readonly position: Position; readonly timeMs: number })
  /** Said between `from` and `position` may not be heard. */
  | { readonly type: "gap"; readonly from: Position; readonly position: Position; readonly atMs: number };

/** One member of the room. */
export interface Ledger {
  readonly member: string;
  /** What comes behind this is owed to it; nothing before it was in for the first time. */
  start: Position | undefined;
  readonly happenings: Happening[];
}

export interface Book {
  readonly room: string;
  readonly maxEntries: number;
  readonly acknowledged: Acknowledged[];
  /** How many each publisher has published, acknowledged or not. */
  readonly published: Map<string, number>;
  readonly ledgers: Ledger[];
}
