// The rooms of one client: joining with what was missed, leaving, presence. What is live is in `Rooms`; whoever still catches up is
// not, and reads from the log until it is where this node is, in the same turn in which it becomes live: nothing has to be held
// back meanwhile, so nothing piles up.
import { RoomError } from "../room-error.ts";
import { toRoomError } from "./to-room-error.ts";
import type { Position } from "../room-log.ts";
import type { JoinMessage, ServerMessage, WireEntry } from "../wire/messages.ts";
import type { LocalRoom } from "./local-room.ts";
import type { AnyPeer, PeerHost } from "./peer-host.ts";

/** Entries that are read at a time for somebody who has missed some. */
const PAGE = 100;

interface Membership {
  readonly name: string;
  /** Once it is open. */
  room: LocalRoom | undefined;
  isOver: boolean;
  /** The client knows that it is in: what goes wrong from then on takes it out again. */
  isTold: boolean;
  /** The person that entered by this connection. */
  present: string | undefined;
}

export class Memberships {
  readonly #host: PeerHost;
  readonly #peer: AnyPeer;
  /** Sends, and resolves when there is room for more. */
  readonly #send: (message: ServerMessage) => Promise<void>;
  readonly #memberships = new Map<string, Membership>();
  #hasEnded = false;

  constructor(host: PeerHost, peer: AnyPeer, send: (message: ServerMessage) => Promise<void>) {
    this.#host = host;
    this.#peer = peer;
    this.#send = send;
  }

  get names(): ReadonlySet<string> {
    return new Set(this.#memberships.keys());
  }

  /** Whether it is there as a person, or knows who is. */
  hasPresence(name: string): boolean {
    const isWatching = this.#host.watchers.has(name, this.#peer.socket);
    return isWatching || this.#memberships.get(name)?.present !== undefined;
  }

  /** @throws RoomError or EngineError; then it is not in the room */
  async join(message: JoinMessage): Promise<void> {
    const { room: name, epoch, seq } = message;
    const { allow, limits, protocol, members, table } = this.#host;
    const kind = protocol.expectKind(name);
    const had = epoch === undefined || seq === undefined ? undefined : { epoch, seq };
    await allow("join", this.#peer, name);
    if (had !== undefined) await allow("recover", this.#peer, name);
    if (message.presence === true) {
      if (kind.presence === undefined) throw noPresence(name);
      await allow("presence", this.#peer, name);
    }
    if (this.#hasEnded) return;
    let membership = this.#memberships.get(name);
    if (membership === undefined) {
      if (this.#memberships.size >= limits.maxRoomsPerConnection) {
        const max = limits.maxRoomsPerConnection;
        throw new RoomError(
          "TOO_MANY_ROOMS",
          `Cannot join the room "${name}": maxRoomsPerConnection is ${max}`,
        );
      }
      membership = { name, room: undefined, isOver: false, isTold: false, present: undefined };
      this.#memberships.set(name, membership);
    }
    membership.isTold = false;
    // It is told everything from where it says it is, so nothing in between.
    members.leave(name, this.#peer.socket);
    try {
      await this.#open(membership, () => table.take(name));
      if (message.presence === true) await membership.room!.learnPeople();
      await this.#catchUp(membership, message, had);
    } catch (error) {
      const { isOver, isTold } = membership;
      if (!isOver) await this.leave(name);
      if (!isTold) throw error;
      const { code, message: why } = toRoomError(error);
      if (!isOver) void this.#send({ type: "left", room: name, code, message: why });
    }
  }

  /** Stops what is under way there at once; `leave` does the rest. */
  abandon(name: string): void {
    const membership = this.#memberships.get(name);
    if (membership !== undefined) membership.isOver = true;
  }

  /** False when it was not there. */
  async leave(name: string): Promise<boolean> {
    const membership = this.#memberships.get(name);
    if (membership === undefined) return false;
    this.#memberships.delete(name);
    await this.#end(membership);
    return true;
  }

  async leaveAll(): Promise<void> {
    this.#hasEnded = true;
    const all = [...this.#memberships.values()];
    this.#memberships.clear();
    await Promise.all(all.map((membership) => this.#end(membership)));
  }

  // Presence

  /** @throws RoomError or EngineError */
  async enter(name: string, data: unknown): Promise<void> {
    const membership = this.#expect(name);
    const { person, socket } = this.#peer;
    if (person === undefined) {
      throw new RoomError(
        "PERSON_REQUIRED",
        `Cannot be present in the room "${name}": nobody knows who you are`,
      );
    }
    await membership.room!.local.enter(person, socket, data);
    if (membership.isOver) await membership.room!.local.exit(person, socket);
    else membership.present = person;
  }

  async exit(name: string): Promise<void> {
    const membership = this.#expect(name);
    if (membership.present === undefined) return;
    const person = membership.present;
    membership.present = undefined;
    await membership.room!.local.exit(person, this.#peer.socket);
  }

  #expect(name: string): Membership {
    const membership = this.#memberships.get(name);
    if (membership?.room !== undefined) return membership;
    throw new RoomError("NOT_JOINED", `Cannot do that in the room "${name}": you are not there`);
  }

  async #open(membership: Membership, take: () => Promise<LocalRoom>): Promise<void> {
    if (membership.room !== undefined) return;
    const room = await take();
    if (membership.isOver) this.#host.table.giveBack(room);
    else membership.room = room;
    if (membership.isOver) throw leftMeanwhile(membership.name);
  }

  async #end(membership: Membership): Promise<void> {
    const { name, room, present } = membership;
    const { members, watchers, table } = this.#host;
    membership.isOver = true;
    members.leave(name, this.#peer.socket);
    watchers.leave(name, this.#peer.socket);
    if (room === undefined) return;
    membership.room = undefined;
    if (watchers.members(name).size === 0) room.forgetPeople();
    membership.present = undefined;
    if (present !== undefined) await room.local.exit(present, this.#peer.socket);
    table.giveBack(room);
  }

  // Recovery

  async #catchUp(membership: Membership, message: JoinMessage, had: Position | undefined): Promise<void> {
    const { log, limits } = this.#host;
    if (had === undefined) return this.#goLive(membership, message, "fresh");
    if (!log.isDurable) return this.#goLive(membership, message, "gap");
    const range = { after: had.seq, limit: PAGE };
    let page = await log.read(membership.name, range);
    const room = this.#still(membership);
    const isLost =
      page.epoch !== had.epoch ||
      room.position.epoch !== had.epoch ||
      // Of what comes behind it something is gone, or it is of a future that was lost.
      page.first > had.seq + 1 ||
      had.seq > page.last ||
      room.position.seq - had.seq > limits.maxRecovered;
    if (isLost) return this.#goLive(membership, message, "gap");
    const reached = Math.max(had.seq, room.position.seq);
    void this.#answer(membership, message, "recovered", { epoch: had.epoch, seq: reached });
    let cursor = had.seq;
    let told = 0;
    while (cursor < room.position.seq || page.entries.length > 0) {
      const { epoch, first, entries } = page;
      if (epoch !== had.epoch || first > cursor + 1 || (told += entries.length) > limits.maxRecovered) {
        return this.#tellGap(membership);
      }
      // Unreadable ones at the end have no entry, and nothing behind them either.
      const last = entries.at(-1)?.seq ?? Math.max(page.last, cursor);
      const known = entries.map((entry) => room.read(entry)).filter((entry) => entry !== undefined);
      await this.#sendEntries(membership, { epoch, prev: cursor, last, entries: known });
      cursor = last;
      this.#still(membership);
      if (cursor >= room.position.seq) break;
      page = await log.read(membership.name, { after: cursor, limit: PAGE });
      this.#still(membership);
    }
    if (room.position.epoch !== had.epoch) return this.#tellGap(membership);
    this.#host.members.join(membership.name, this.#peer.socket);
  }

  #sendEntries(
    { name }: Membership,
    batch: { epoch: string; prev: number; last: number; entries: readonly WireEntry[] },
  ): Promise<void> {
    return this.#send({ type: "entries", room: name, ...batch });
  }

  #tellGap(membership: Membership): void {
    const { epoch, seq } = membership.room!.position;
    void this.#send({ type: "gap", room: membership.name, epoch, seq });
    this.#host.members.join(membership.name, this.#peer.socket);
  }

  #goLive(membership: Membership, message: JoinMessage, outcome: "fresh" | "gap"): void {
    const room = this.#still(membership);
    void this.#answer(membership, message, outcome, room.position);
    this.#host.members.join(membership.name, this.#peer.socket);
  }

  #answer(
    membership: Membership,
    { id, presence }: JoinMessage,
    outcome: "fresh" | "recovered" | "gap",
    { epoch, seq }: Position,
  ): Promise<void> {
    const { name } = membership;
    const { watchers, limits } = this.#host;
    membership.isTold = true;
    const people = presence === true ? membership.room!.people.list(limits.maxPeople) : undefined;
    if (presence === true) watchers.join(name, this.#peer.socket);
    else watchers.leave(name, this.#peer.socket);
    return this.#send({ type: "joined", re: id, room: name, epoch, seq, outcome, people });
  }

  /** @throws RoomError where it has left meanwhile */
  #still(membership: Membership): LocalRoom {
    if (membership.isOver || membership.room === undefined) throw leftMeanwhile(membership.name);
    return membership.room;
  }
}

export function noPresence(room: string): RoomError {
  return new RoomError(
    "UNKNOWN_NAME",
    `Cannot tell who is in the room "${room}": nobody declared its presence`,
  );
}

function leftMeanwhile(room: string): RoomError {
  return new RoomError("NOT_JOINED", `Cannot join the room "${room}": it was left meanwhile`);
}
