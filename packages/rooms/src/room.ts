// One room: its members, and what it does with slow ones. Knows nothing of other rooms.
import type { ResolvedSlowPolicy } from "./slow-policy.ts";
import type { SlowCounters } from "./slow-stats.ts";

export class Room<Member> {
  readonly name: string;
  readonly policy: ResolvedSlowPolicy;
  /** Made for the first slow member: most rooms never have one. */
  counters: SlowCounters | undefined;
  readonly #members = new Set<Member>();
  #snapshot: readonly Member[] | undefined;

  constructor(name: string, policy: ResolvedSlowPolicy) {
    this.name = name;
    this.policy = policy;
  }

  /** In the order in which they joined. */
  get members(): ReadonlySet<Member> {
    return this.#members;
  }

  /**
   * The members as they are now, in a list that does not change: sending may make members leave, or join again, and each is
   * to get a message once. Kept until the members change.
   */
  get snapshot(): readonly Member[] {
    return (this.#snapshot ??= [...this.#members]);
  }

  /** False when it is there already. */
  add(member: Member): boolean {
    if (this.#members.has(member)) return false;
    this.#members.add(member);
    this.#snapshot = undefined;
    return true;
  }

  /** False when it is not there. */
  remove(member: Member): boolean {
    if (!this.#members.delete(member)) return false;
    this.#snapshot = undefined;
    return true;
  }
}
