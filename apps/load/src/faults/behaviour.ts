// What a member of the crowd is: something that joins, perhaps turns bad at a word, and stops. One file for each way to
// behave; a new one joins the others in behaviours.ts.
import type { Address } from "../wire/address.ts";

/** Where a behaviour joins, and whom it tells what happens to it. */
export interface Place {
  readonly address: Address;
  /** Which of its kind it is, from 0. */
  readonly index: number;
  /** How long between what it does again and again, where it has no pace of its own. */
  readonly paceMs: number;
  /** How long the server waits for a handshake. */
  readonly handshakeTimeoutMs: number;
  readonly records: Records;
}

export interface Member {
  /** Everybody has joined: now is the time to behave. */
  begin?(): void;
  /** No more questions; what was asked is still waited for. `broadcasts` is how many there were. */
  finish?(broadcasts: number): Promise<void>;
  /** Leaves, in its own way. */
  leave(): void;
}

export type Behaviour = (place: Place) => Promise<Member>;

/** What the members of one process saw. */
export class Records {
  readonly echoMs: number[] = [];
  readonly broadcastMs: number[] = [];
  /** What should not have happened. */
  readonly complaints: string[] = [];
  /** How often something happened that is counted. */
  readonly counts: Record<string, number> = {};

  count(what: string, times = 1): void {
    this.counts[what] = (this.counts[what] ?? 0) + times;
  }

  complain(what: string): void {
    this.complaints.push(what);
  }
}
