// Who gets a message, and what slow members may do with it.

/** What {@link Rooms.send} may be told. */
export interface SendOptions {
  /** In rooms with the policy `"conflate"`: of messages with the same key only the newest waits for a slow member. */
  readonly key?: string | undefined;
}

/** What a broadcast may be told. */
export interface BroadcastOptions<Member> extends SendOptions {
  /** The one member that does not get it: mostly the author. */
  readonly except?: Member | undefined;
  /** Members that do not get it. */
  readonly exceptMembers?: ReadonlySet<Member> | undefined;
  /** Rooms whose members do not get it. */
  readonly exceptRooms?: readonly string[] | undefined;
}
