// Who is in which room, and sending to all of them. Knows members only as something to send to; no HTTP, no frames.
// What becomes of messages for members that do not keep up is slow-members.ts.
import type { Message, PreparedMessage } from "@ws/connection";
import type { BroadcastOptions, SendOptions } from "./broadcast-options.ts";
import { Room } from "./room.ts";
import type { RoomMember } from "./room-member.ts";
import { resolveRoomsOptions, type ResolvedRoomsOptions, type RoomsOptions } from "./rooms-options.ts";
import { SlowMembers } from "./slow-members.ts";
import { noCounts, type SlowStats } from "./slow-stats.ts";

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
  readonly #options: ResolvedRoomsOptions<Member>;
  readonly #rooms = new Map<string, Room<Member>>();
  readonly #roomsOf = new Map<Member, Set<string>>();
  readonly #slow: SlowMembers<Member>;
  /** The members whose end we hear of already; a member that has left all rooms and comes back is not asked again. */
  readonly #watched = new WeakSet<Member>();

  /** @throws TypeError or RangeError for an option that makes no sense */
  constructor(options: RoomsOptions<Member> = {}) {
    this.#options = resolveRoomsOptions(options);
    this.#slow = new SlowMembers(this.#options.maxWaitingBytes, options.onSlow);
  }

  /** How many rooms there are. */
  get roomCount(): number {
    return this.#rooms.size;
  }

  /** How many members there are, each counted once. */
  get memberCount(): number {
    return this.#roomsOf.size;
  }

  /** The names of the rooms that have members. */
  get names(): IterableIterator<string> {
    return this.#rooms.keys();
  }

  /**
   * Adds a member to a room, which it leaves by itself when it ends; false when it is there already, or has ended.
   *
   * @throws what `slowPolicy` throws, or for the policy it returned; nothing is changed then
   */
  join(room: string, member: Member): boolean {
    if (member.state === "closed") return false;
    const existing = this.#rooms.get(room);
    const joined = existing ?? new Room<Member>(room, this.#options.policyOf(room));
    if (!joined.add(member)) return false;
    if (existing === undefined) this.#rooms.set(room, joined);
    const rooms = this.#roomsOf.get(member);
    if (rooms === undefined) this.#roomsOf.set(member, new Set([room]));
    else rooms.add(room);
    this.#watch(member);
    if (existing === undefined) this.#options.onCreate?.(room);
    this.#options.onJoin?.(room, member);
    return true;
  }

  /** Takes a member out of a room; false when it is not there. What waits for it, because it is slow, it still gets. */
  leave(room: string, member: Member): boolean {
    const left = this.#rooms.get(room);
    if (left === undefined || !left.remove(member)) return false;
    const rooms = this.#roomsOf.get(member);
    rooms?.delete(room);
    if (rooms?.size === 0) this.#roomsOf.delete(member);
    const isEmpty = left.members.size === 0;
    if (isEmpty) this.#rooms.delete(room);
    try {
      if (isEmpty) this.#options.onDelete?.(room);
    } finally {
      this.#options.onLeave?.(room, member);
    }
    return true;
  }

  /** Takes a member out of every room. */
  leaveAll(member: Member): void {
    const errors: unknown[] = [];
    for (const room of [...this.roomsOf(member)]) {
      // Out of all of them, even if whoever is told throws.
      try {
        this.leave(room, member);
      } catch (error) {
        errors.push(error);
      }
    }
    if (errors.length > 0) throw errors[0];
  }

  /** Whether a member is in a room. */
  has(room: string, member: Member): boolean {
    return this.#rooms.get(room)?.members.has(member) ?? false;
  }

  /** How many members a room has. */
  size(room: string): number {
    return this.#rooms.get(room)?.members.size ?? 0;
  }

  /** The members of a room, in the order in which they joined; empty for a room that is not there. */
  members(room: string): ReadonlySet<Member> {
    return this.#rooms.get(room)?.members ?? new Set<Member>();
  }

  /** The members of all rooms, each once. */
  get everybody(): IterableIterator<Member> {
    return this.#roomsOf.keys();
  }

  /** The rooms of a member. */
  roomsOf(member: Member): ReadonlySet<string> {
    return this.#roomsOf.get(member) ?? new Set<string>();
  }

  /**
   * Sends a message to every member of a room, encoded once for all of them.
   *
   * @returns how many members get it; those for whom it waits are among them
   * @throws TypeError for data that is neither a string nor bytes, where the members encode
   */
  broadcast(room: string, data: Message, options: BroadcastOptions<Member> = {}): number {
    const found = this.#rooms.get(room);
    return found === undefined ? 0 : this.#deliver(found.snapshot, () => found, data, options);
  }

  /**
   * Sends a message to every member of some rooms, once to each, encoded once for all of them. For a slow member of several
   * it counts as one of the first that is named.
   */
  broadcastTo(rooms: readonly string[], data: Message, options: BroadcastOptions<Member> = {}): number {
    const members = new Set<Member>();
    for (const room of rooms) for (const member of this.members(room)) members.add(member);
    return this.#deliver(members, (member) => this.#firstOf(rooms, member), data, options);
  }

  /**
   * Sends a message to every member of any room, once to each, encoded once for all of them. For a slow member it counts as
   * one of the room that it has been in for longest.
   */
  broadcastAll(data: Message, options: BroadcastOptions<Member> = {}): number {
    const members = [...this.#roomsOf.keys()];
    return this.#deliver(members, (member) => this.#firstOf(this.roomsOf(member), member), data, options);
  }

  /**
   * Sends a message to one member of a room, behind all that waits for it; its own `send` would overtake that.
   *
   * @returns whether it gets it; false where it is not in the room
   */
  send(room: string, member: Member, data: Message, options: SendOptions = {}): boolean {
    const found = this.#rooms.get(room);
    if (found === undefined || !found.members.has(member)) return false;
    return this.#deliver([member], () => found, data, options) === 1;
  }

  /** What slow members have cost: in a room since it exists, or in all rooms so far. */
  getSlowStats(room?: string): SlowStats {
    return { ...(room === undefined ? this.#slow.totals : (this.#rooms.get(room)?.counters ?? noCounts())) };
  }

  /** The same for one member, since it has become slow; nothing but zeros for one that keeps up. */
  getSlowStatsOf(member: Member): SlowStats {
    return this.#slow.statsOf(member);
  }

  /**
   * The hot path: for a member that keeps up it is this loop and its `send`.
   *
   * @param members must not change meanwhile
   * @param roomOf by whose policy a slow member is served; none where it has left meanwhile
   */
  #deliver(
    members: Iterable<Member>,
    roomOf: (member: Member) => Room<Member> | undefined,
    data: Message,
    options: BroadcastOptions<Member>,
  ): number {
    const { except } = options;
    const isSparing = options.exceptMembers !== undefined || options.exceptRooms !== undefined;
    let prepared: PreparedMessage | undefined;
    let count = 0;
    for (const member of members) {
      if (member === except || (isSparing && this.#isSpared(member, options))) continue;
      if (member.prepare !== undefined) prepared ??= member.prepare(data);
      const message = member.prepare === undefined ? data : prepared!;
      const slow = this.#slow.find(member);
      if (slow === undefined) {
        count++;
        if (member.send(message) !== false) continue;
        const room = roomOf(member);
        if (room !== undefined) this.#slow.begin(member, room);
      } else {
        const room = roomOf(member);
        if (room !== undefined && this.#slow.offer(slow, room, message, data, options.key)) count++;
      }
    }
    return count;
  }

  #isSpared(member: Member, { exceptMembers, exceptRooms = [] }: BroadcastOptions<Member>): boolean {
    return exceptMembers?.has(member) || exceptRooms.some((room) => this.has(room, member));
  }

  #firstOf(rooms: Iterable<string>, member: Member): Room<Member> | undefined {
    for (const name of rooms) {
      const room = this.#rooms.get(name);
      if (room?.members.has(member)) return room;
    }
    return undefined;
  }

  #watch(member: Member): void {
    if (this.#watched.has(member)) return;
    this.#watched.add(member);
    member.on("close", () => {
      this.#slow.end(member);
      this.leaveAll(member);
    });
  }
}
