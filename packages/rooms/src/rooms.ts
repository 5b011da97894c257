// Who is in which room, and sending to all of them. Knows members only as something to send to; no HTTP, no frames.
import type { Message, PreparedMessage } from "@ws/connection";
import type { RoomMember } from "./room-member.ts";

/** What {@link Rooms} tells its owner. */
export interface RoomsOptions<Member> {
  /** A member has joined the room. */
  readonly onJoin?: (room: string, member: Member) => void;
  /** A member has left the room, by `leave` or by its end. */
  readonly onLeave?: (room: string, member: Member) => void;
}

/** Who of a room gets a message. */
export interface BroadcastOptions<Member> {
  /** The one member that does not: mostly the author. */
  readonly except?: Member | undefined;
}

/**
 * The rooms of this process. A room exists as long as it has members.
 *
 * @example
 * ```ts
 * const rooms = new Rooms<Connection>();
 * server.on("connection", (connection) => {
 *   rooms.join("lobby", connection);
 *   connection.on("message", (data) => rooms.broadcast("lobby", data, { except: connection }));
 * });
 * ```
 */
export class Rooms<Member extends RoomMember> {
  readonly #options: RoomsOptions<Member>;
  readonly #membersOf = new Map<string, Set<Member>>();
  readonly #roomsOf = new Map<Member, Set<string>>();
  /** The members whose end we hear of already; a member that has left all rooms and comes back is not asked again. */
  readonly #watched = new WeakSet<Member>();

  constructor(options: RoomsOptions<Member> = {}) {
    this.#options = options;
  }

  /** The names of the rooms that have members. */
  get names(): IterableIterator<string> {
    return this.#membersOf.keys();
  }

  /** Adds a member to a room, which it leaves by itself when it ends; false when it is there already, or has ended. */
  join(room: string, member: Member): boolean {
    if (member.state === "closed") return false;
    const members = entry(this.#membersOf, room);
    if (members.has(member)) return false;
    members.add(member);
    entry(this.#roomsOf, member).add(room);
    if (!this.#watched.has(member)) {
      this.#watched.add(member);
      member.on("close", () => this.leaveAll(member));
    }
    this.#options.onJoin?.(room, member);
    return true;
  }

  /** Takes a member out of a room; false when it is not there. */
  leave(room: string, member: Member): boolean {
    if (!this.#remove(room, member)) return false;
    this.#options.onLeave?.(room, member);
    return true;
  }

  /** Takes a member out of every room. */
  leaveAll(member: Member): void {
    // Out of all of them first: whoever is told may throw.
    const left = [...this.roomsOf(member)].filter((room) => this.#remove(room, member));
    for (const room of left) this.#options.onLeave?.(room, member);
  }

  has(room: string, member: Member): boolean {
    return this.#membersOf.get(room)?.has(member) ?? false;
  }

  /** The members of a room, in the order in which they joined; empty for a room that is not there. */
  members(room: string): ReadonlySet<Member> {
    return this.#membersOf.get(room) ?? new Set<Member>();
  }

  /** The rooms of a member. */
  roomsOf(member: Member): ReadonlySet<string> {
    return this.#roomsOf.get(member) ?? new Set<string>();
  }

  /**
   * Sends a message to every member of a room, encoded once for all of them.
   *
   * @returns how many members it was sent to
   */
  broadcast(room: string, data: Message, options: BroadcastOptions<Member> = {}): number {
    const members = this.#membersOf.get(room);
    if (members === undefined) return 0;
    let prepared: PreparedMessage | undefined;
    let count = 0;
    // A copy: sending may make members leave, or join again, and each is to get the message once.
    for (const member of [...members]) {
      if (member === options.except) continue;
      prepared ??= member.prepare?.(data);
      member.send(member.prepare === undefined ? data : (prepared ?? data));
      count++;
    }
    return count;
  }

  #remove(room: string, member: Member): boolean {
    remove(this.#roomsOf, member, room);
    return remove(this.#membersOf, room, member);
  }
}

function entry<Key, Value>(map: Map<Key, Set<Value>>, key: Key): Set<Value> {
  let values = map.get(key);
  if (values === undefined) map.set(key, (values = new Set()));
  return values;
}

/** Removes a value, and the entry with its last value. */
function remove<Key, Value>(map: Map<Key, Set<Value>>, key: Key, value: Value): boolean {
  const values = map.get(key);
  if (values === undefined || !values.delete(value)) return false;
  if (values.size === 0) map.delete(key);
  return true;
}
