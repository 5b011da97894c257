// Which members are slow, and what becomes of the messages for them. A member is here from a `send` that returned `false`
// until its `drain` has taken all that waited, or its end: nothing is kept about one that keeps up.
import type { Message, PreparedMessage } from "@ws/connection";
import type { Room } from "./room.ts";
import type { RoomMember } from "./room-member.ts";
import type { SlowEvent } from "./slow-event.ts";
import { OVERHEAD_BYTES, SlowMember } from "./slow-member.ts";
import { noCounts, type SlowCounters, type SlowStats } from "./slow-stats.ts";
import type { Backlog } from "./waiting-list.ts";

/** RFC 6455 §7.4.2 (its registry): 1013, Try Again Later. */
const TRY_AGAIN_LATER = 1013;

type OnSlow<Member> = ((event: SlowEvent<Member>) => void) | undefined;

export class SlowMembers<Member extends RoomMember> {
  /** Of all rooms, since the beginning. */
  readonly totals: SlowCounters = noCounts();
  readonly #slow = new Map<Member, SlowMember<Member>>();
  readonly #maxWaitingBytes: number;
  readonly #onSlow: OnSlow<Member>;

  constructor(maxWaitingBytes: number, onSlow: OnSlow<Member>) {
    this.#maxWaitingBytes = maxWaitingBytes;
    this.#onSlow = onSlow;
  }

  /** What is known of a member that is slow: asked for each message and each member, so it is quick where none is. */
  find(member: Member): SlowMember<Member> | undefined {
    return this.#slow.size === 0 ? undefined : this.#slow.get(member);
  }

  statsOf(member: Member): SlowStats {
    return { ...(this.#slow.get(member)?.counters ?? noCounts()) };
  }

  /** A member's `send` returned `false`, in this room. */
  begin(member: Member, room: Room<Member>): void {
    // What is closing returns false as well, and no drain will come.
    if (member.once === undefined || isEnding(member) || this.#slow.has(member)) return;
    const slow = new SlowMember(member);
    this.#slow.set(member, slow);
    slow.backlog(room);
    this.totals.slow++;
    this.#awaitDrain(slow);
    if (this.#onSlow !== undefined) this.#tell({ type: "slow", room: room.name, member });
  }

  /**
   * Does with a message what the room does for slow members.
   *
   * @param message as the member is to be sent it
   * @returns whether it will get it, as far as one can know
   */
  offer(
    slow: SlowMember<Member>,
    room: Room<Member>,
    message: Message | PreparedMessage,
    data: Message,
    key: string | undefined,
  ): boolean {
    if (isEnding(slow.member)) this.#giveUp(slow);
    if (slow.isGivenUp) return false;
    const { policy } = room.policy;
    const backlog = slow.backlog(room);
    if (policy === "close") return this.#hand(slow, backlog, message, data.length);
    if (this.#enqueue(slow, backlog, message, data.length, policy === "conflate" ? key : undefined))
      return true;
    if (policy === "wait" && this.#close(slow, backlog)) return false;
    this.#lose("dropped", slow, backlog, data);
    return false;
  }

  /** A member has ended. */
  end(member: Member): void {
    const slow = this.#slow.get(member);
    if (slow !== undefined) this.#remove(slow);
  }

  /** Lets a message wait, in the place of the one with its key where there is one; false where it does not fit. */
  #enqueue(
    slow: SlowMember<Member>,
    backlog: Backlog<Member>,
    message: Message | PreparedMessage,
    bytes: number,
    key: string | undefined,
  ): boolean {
    const { policy, maxBytes, maxMessages } = backlog.room.policy;
    if (bytes > maxBytes || maxMessages === 0) return false;
    const mayDrop = policy === "conflate" || policy === "drop-oldest";
    for (;;) {
      const former = key === undefined ? undefined : backlog.byKey?.get(key);
      const more = bytes - (former?.bytes ?? 0);
      const fits =
        (former !== undefined || backlog.length < maxMessages) &&
        backlog.byteLength + more <= maxBytes &&
        slow.heldBytes + more + (former === undefined ? OVERHEAD_BYTES : 0) <= this.#maxWaitingBytes;
      if (fits && former === undefined) {
        slow.list.push(backlog, message, bytes, key);
        this.#countWaiting(slow, backlog, 1, bytes);
        return true;
      }
      if (fits && former !== undefined) {
        const before = slow.list.replace(former, message, bytes);
        this.#countWaiting(slow, backlog, 0, more);
        this.#lose("conflated", slow, backlog, before);
        return true;
      }
      const oldest = mayDrop ? slow.list.shiftOf(backlog) : undefined;
      if (oldest === undefined) return false;
      this.#countWaiting(slow, backlog, -1, -oldest.bytes);
      this.#lose("dropped", slow, backlog, oldest.data);
    }
  }

  /** Hands a message to the member nevertheless, up to the bounds. */
  #hand(
    slow: SlowMember<Member>,
    backlog: Backlog<Member>,
    message: Message | PreparedMessage,
    bytes: number,
  ): boolean {
    const { maxBytes, maxMessages } = backlog.room.policy;
    if (slow.handedMessages >= maxMessages || slow.handedBytes + bytes > maxBytes) {
      if (this.#close(slow, backlog)) return false;
      this.#lose("dropped", slow, backlog, message);
      return false;
    }
    slow.handedMessages++;
    slow.handedBytes += bytes;
    slow.member.send(message);
    return true;
  }

  /** Closes the member; false where that cannot be done. */
  #close(slow: SlowMember<Member>, backlog: Backlog<Member>): boolean {
    const { member } = slow;
    if (member.close === undefined) return false;
    const waiting = slow.list.length;
    this.#giveUp(slow);
    this.#count(slow, backlog, "closed", 1);
    const room = backlog.room.name;
    member.close(TRY_AGAIN_LATER, "Too slow for a room");
    if (this.#onSlow !== undefined) this.#tell({ type: "closed", room, member, waiting });
    return true;
  }

  /** There is room again: sends what waits, as long as there is. */
  #drained(slow: SlowMember<Member>): void {
    const { member } = slow;
    slow.handedMessages = 0;
    slow.handedBytes = 0;
    for (let waiting = slow.list.shift(); waiting !== undefined; waiting = slow.list.shift()) {
      this.#countWaiting(slow, waiting.backlog, -1, -waiting.bytes);
      if (member.send(waiting.data) !== false) continue;
      if (isEnding(member)) return this.#giveUp(slow);
      return this.#awaitDrain(slow);
    }
    // Or it has ended, or was closed, before its drain came or while it was sent something.
    if (slow.isGivenUp) return;
    this.#remove(slow);
    if (this.#onSlow !== undefined) this.#tell({ type: "drained", member });
  }

  #awaitDrain(slow: SlowMember<Member>): void {
    slow.member.once?.("drain", () => this.#drained(slow));
  }

  #lose(
    type: "dropped" | "conflated",
    slow: SlowMember<Member>,
    backlog: Backlog<Member>,
    message: Message | PreparedMessage,
  ): void {
    this.#count(slow, backlog, type, 1);
    if (this.#onSlow === undefined) return;
    const data = typeof message === "string" || message instanceof Uint8Array ? message : message.data;
    this.#tell({ type, room: backlog.room.name, member: slow.member, data });
  }

  /** Nothing more is sent to it; it stays known as such until it has ended. */
  #giveUp(slow: SlowMember<Member>): void {
    slow.isGivenUp = true;
    for (let waiting = slow.list.shift(); waiting !== undefined; waiting = slow.list.shift()) {
      this.#countWaiting(slow, waiting.backlog, -1, -waiting.bytes);
    }
  }

  #remove(slow: SlowMember<Member>): void {
    this.#giveUp(slow);
    this.#slow.delete(slow.member);
    this.totals.slow--;
    for (const room of slow.rooms) room.counters!.slow--;
  }

  #countWaiting(slow: SlowMember<Member>, backlog: Backlog<Member>, messages: number, bytes: number): void {
    this.#count(slow, backlog, "waiting", messages);
    this.#count(slow, backlog, "waitingBytes", bytes);
  }

  #count(
    slow: SlowMember<Member>,
    { room }: Backlog<Member>,
    name: Exclude<keyof SlowCounters, "slow">,
    change: number,
  ): void {
    room.counters![name] += change;
    slow.counters[name] += change;
    this.totals[name] += change;
  }

  /** An exception of the listener is its own: it must not keep the message from the other members. */
  #tell(event: SlowEvent<Member>): void {
    try {
      this.#onSlow?.(event);
    } catch (error) {
      queueMicrotask(() => {
        throw error;
      });
    }
  }
}

/** Whether there is no point in sending to it. */
function isEnding({ state }: RoomMember): boolean {
  return state === "closing" || state === "closed";
}
