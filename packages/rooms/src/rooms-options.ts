// The options of rooms: what they mean, what they cost, and where they are checked, once.
import { numberOption } from "./number-option.ts";
import type { SlowEvent } from "./slow-event.ts";
import { type ResolvedSlowPolicy, resolveSlowPolicy, type SlowPolicy } from "./slow-policy.ts";

/** What {@link Rooms} goes by, and what it tells its owner. */
export interface RoomsOptions<Member> {
  /** What a room does for members that do not keep up, for all rooms or by name, asked when it is created. Default: `"wait"`. */
  readonly slowPolicy?: SlowPolicy | ((room: string) => SlowPolicy);
  /**
   * What may wait for one slow member in all its rooms together, in bytes, each message with 128 more; beyond that every
   * room of it is full. Default: 16 MiB.
   */
  readonly maxWaitingBytes?: number;
  /** A room has got its first member; told before `onJoin`. */
  readonly onCreate?: (room: string) => void;
  /** A room has lost its last member; told before `onLeave`. */
  readonly onDelete?: (room: string) => void;
  /** A member has joined the room. */
  readonly onJoin?: (room: string, member: Member) => void;
  /** A member has left the room, by `leave` or by its end. */
  readonly onLeave?: (room: string, member: Member) => void;
  /** Something happened to a member that is slow. What it throws is reported as uncaught: the others get their message. */
  readonly onSlow?: (event: SlowEvent<Member>) => void;
}

/** {@link RoomsOptions} with every default filled in. */
export interface ResolvedRoomsOptions<Member> extends RoomsOptions<Member> {
  readonly maxWaitingBytes: number;
  policyOf(room: string): ResolvedSlowPolicy;
}

export function resolveRoomsOptions<Member>(options: RoomsOptions<Member>): ResolvedRoomsOptions<Member> {
  const { slowPolicy = "wait" } = options;
  const maxWaitingBytes = numberOption(options, "maxWaitingBytes", 16 * 1024 * 1024);
  if (typeof slowPolicy === "function") {
    return { ...options, maxWaitingBytes, policyOf: (room) => resolveSlowPolicy(slowPolicy(room)) };
  }
  const policy = resolveSlowPolicy(slowPolicy);
  return { ...options, maxWaitingBytes, policyOf: () => policy };
}
