// What is known of one member while it is slow: what waits for it, and what was counted since.
import type { Room } from "./room.ts";
import { noCounts, type SlowCounters } from "./slow-stats.ts";
import { Backlog, WaitingList } from "./waiting-list.ts";

/** What a waiting message costs besides its bytes, about; messages of no bytes would wait without any limit. */
export const OVERHEAD_BYTES = 128;

export class SlowMember<Member> {
  readonly member: Member;
  readonly list: WaitingList<Member> = new WaitingList();
  readonly counters: SlowCounters = { ...noCounts(), slow: 1 };
  /** It was closed, or is closing by itself: nothing is sent to it any more. */
  isGivenUp = false;
  /** Handed to it although it is slow, under the policy `"close"`. */
  handedMessages = 0;
  handedBytes = 0;
  readonly #backlogs = new Map<Room<Member>, Backlog<Member>>();

  constructor(member: Member) {
    this.member = member;
  }

  /** Of its rooms those that something was sent in since it is slow. */
  get rooms(): Iterable<Room<Member>> {
    return this.#backlogs.keys();
  }

  /** All that it holds, its objects included. */
  get heldBytes(): number {
    return this.list.byteLength + this.list.length * OVERHEAD_BYTES;
  }

  backlog(room: Room<Member>): Backlog<Member> {
    let backlog = this.#backlogs.get(room);
    if (backlog === undefined) {
      this.#backlogs.set(room, (backlog = new Backlog(room)));
      (room.counters ??= noCounts()).slow++;
    }
    return backlog;
  }
}
