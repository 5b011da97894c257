// The rooms of one client: joining with what was missed, leaving, presence. What is live is in `Rooms`; whoever still catches up is
// not, and reads from the log until it is where this node is, in the same turn in which it becomes live: nothing has to be held
// back meanwhile, so nothing piles up.
import { RoomError } from "../room-error.ts";
import { toRoomError } from "./to-room-error.ts";
import { Pause } from "../feed/pause.ts";
import type { Position, RoomEntry, RoomPage } from "../room-log.ts";
import { inBatches } from "./batches.ts";
import type { JoinMessage, ServerMessage } from "../wire/messages.ts";
import type { LocalRoom } from "./local-room.ts";
import type { AnyPeer, PeerHost } from "./peer-host.ts";

/** Entries that are read at a time for somebody who has missed some. */
const PAGE = 100;
/** How often the log is asked for what this node has heard already and the log does not have. */
const MAX_LOOKS = 5;
const LOOK_AGAIN_MS = 50;

/** A join, from when it comes until it is over. */
interface Attempt {
  readonly message: JoinMessage;
  readonly abort: AbortController;
}

interface Membership {
  readonly name: string;
  /** Once it is open. */
  room: LocalRoom | undefined;
  isOver: boolean;
  /** The client knows that it is in: what goes wrong from then on takes it out again. */
  isTold: boolean;
  /** It wants to know who is there. */
  isWatching: boolean;
  /** The person that entered by this connection. */
  present: string | undefined;
}

export class Memberships {
  readonly #host: PeerHost;
  readonly #peer: AnyPeer;
  readonly #inOneSession: (ask: () => Promise<void>) => Promise<void>;
  /** Sends, and resolves when there is room for more. */
  readonly #send: (message: ServerMessage) => Promise<void>;
  readonly #memberships = new Map<string, Membership>();
  /** The join that came last for each room and is not over: those before it are given up. */
  readonly #attempts = new Map<string, Attempt>();
  #hasEnded = false;

  /** @param inOneSession asks the application, again where what is known of the client has changed meanwhile */
  constructor(
    host: PeerHost,
    peer: AnyPeer,
    inOneSession: (ask: () => Promise<void>) => Promise<void>,
    send: (message: ServerMessage) => Promise<void>,
  ) {
    this.#host = host;
    this.#peer = peer;
    this.#inOneSession = inOneSession;
    this.#send = send;
  }

  get names(): ReadonlySet<string> {
    return new Set(this.#memberships.keys());
  }

  /** Whether it is there as a person, or knows who is. */
  hasPresence(name: string): boolean {
    const membership = this.#memberships.get(name);
    return membership !== undefined && (membership.isWatching || membership.present !== undefined);
  }

  /** A join has come, and waits for its turn: one of the same room that is under way or waits, too, is of no use any more. */
  expect(message: JoinMessage): void {
    this.#attempts.get(message.room)?.abort.abort(superseded(message.room));
    this.#attempts.set(message.room, { message, abort: new AbortController() });
  }

  /** A join that came to nothing, also where it was never begun. */
  async giveUp(message: JoinMessage): Promise<void> {
    if (this.#attempts.get(message.room)?.message !== message) return;
    this.#attempts.delete(message.room);
    if (this.#memberships.get(message.room)?.isTold === false) await this.leave(message.room);
  }

  /** @throws RoomError or EngineError; then it is not in the room, but where another join goes on */
  async join(message: JoinMessage): Promise<void> {
    const attempt = this.#attempts.get(message.room);
    if (attempt?.message !== message) throw superseded(message.room);
    try {
      await this.#join(message, attempt.abort.signal);
    } finally {
      if (this.#attempts.get(message.room) === attempt) this.#attempts.delete(message.room);
    }
  }

  async #join(message: JoinMessage, signal: AbortSignal): Promise<void> {
    const { room: name, epoch, seq } = message;
    const had = epoch === undefined || seq === undefined ? undefined : { epoch, seq };
    let membership: Membership | undefined;
    try {
      await this.#authorize(message, had);
      if (this.#hasEnded) return;
      signal.throwIfAborted();
      membership = this.#memberships.get(name) ?? this.#add(name);
      membership.isTold = false;
      // It is told everything from where it says it is, so nothing in between.
      this.#host.members.leave(name, this.#peer.socket);
      await this.#open(membership);
      await this.#watch(membership, message.presence === true);
      await this.#catchUp(membership, message, had, signal);
    } catch (error) {
      const { isOver, isTold } = membership ?? { isOver: false, isTold: false };
      if (signal.aborted && !isOver && !this.#hasEnded) {
        // What it had begun the other one goes on with; that it was joined it may have been told already.
        if (isTold) return;
        throw error;
      }
      // Also where it was there before, and may not be any more.
      if (!isOver) await this.leave(name);
      if (!isTold) throw error;
      const { code, message: why } = toRoomError(error);
      if (!isOver) void this.#send({ type: "left", room: name, code, message: why });
    }
  }

  async #authorize(message: JoinMessage, had: Position | undefined): Promise<void> {
    const { allow, protocol } = this.#host;
    const { room: name } = message;
    const kind = protocol.expectKind(name);
    if (message.presence === true && kind.presence === undefined) throw noPresence(name);
    await this.#inOneSession(async () => {
      await allow("join", this.#peer, name);
      if (had !== undefined) await allow("recover", this.#peer, name);
      if (message.presence === true) await allow("presence", this.#peer, name);
    });
  }

  /** @throws RoomError `TOO_MANY_ROOMS` */
  #add(name: string): Membership {
    const { maxRoomsPerConnection: max } = this.#host.limits;
    if (this.#memberships.size >= max) {
      throw new RoomError(
        "TOO_MANY_ROOMS",
        `Cannot join the room "${name}": maxRoomsPerConnection is ${max}`,
      );
    }
    const membership: Membership = {
      name,
      room: undefined,
      isOver: false,
      isTold: false,
      isWatching: false,
      present: undefined,
    };
    this.#memberships.set(name, membership);
    return membership;
  }

  /** Stops what is under way there at once; `leave` does the rest. */
  abandon(name: string): void {
    const membership = this.#memberships.get(name);
    if (membership !== undefined) membership.isOver = true;
    this.#attempts.get(name)?.abort.abort(leftMeanwhile(name));
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
    for (const [name, { abort }] of this.#attempts) abort.abort(leftMeanwhile(name));
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

  async #open(membership: Membership): Promise<void> {
    if (membership.room !== undefined) return;
    const room = await this.#host.table.take(membership.name);
    if (membership.isOver) this.#host.table.giveBack(room);
    else membership.room = room;
    if (membership.isOver) throw leftMeanwhile(membership.name);
  }

  /** Makes it known who is there, before the client is told, and keeps it known as long as it wants. */
  async #watch(membership: Membership, isWatching: boolean): Promise<void> {
    const room = this.#still(membership);
    if (isWatching && !membership.isWatching) room.watchPeople();
    if (!isWatching && membership.isWatching) room.unwatchPeople();
    membership.isWatching = isWatching;
    if (isWatching) await room.learnPeople();
  }

  async #end(membership: Membership): Promise<void> {
    const { name, room, present } = membership;
    const { members, watchers, table } = this.#host;
    membership.isOver = true;
    members.leave(name, this.#peer.socket);
    watchers.leave(name, this.#peer.socket);
    if (room === undefined) return;
    membership.room = undefined;
    if (membership.isWatching) room.unwatchPeople();
    membership.present = undefined;
    if (present !== undefined) await room.local.exit(present, this.#peer.socket);
    table.giveBack(room);
  }

  // Recovery

  async #catchUp(
    membership: Membership,
    message: JoinMessage,
    had: Position | undefined,
    signal: AbortSignal,
  ): Promise<void> {
    signal.throwIfAborted();
    const { log, feeds, limits } = this.#host;
    if (had === undefined) return this.#goLive(membership, message, "fresh");
    if (!log.isDurable) return this.#goLive(membership, message, "gap");
    if (isSame(had, this.#still(membership).position)) {
      // It has heard what this node has: there is nothing to be read, and from here on it hears with the others.
      void this.#answer(membership, message, "recovered", had);
      this.#host.members.join(membership.name, this.#peer.socket);
      return;
    }
    let page = await feeds.read(membership.name, { after: had.seq, limit: PAGE }, signal);
    signal.throwIfAborted();
    const room = this.#still(membership);
    const isLost =
      page.epoch !== had.epoch ||
      room.position.epoch !== had.epoch ||
      // Of what comes behind it something is gone, or it is of a future that was lost.
      page.first > had.seq + 1 ||
      had.seq > page.last ||
      leastMissed(page, had, room.position) > limits.maxRecovered;
    if (isLost) return this.#goLive(membership, message, "gap");
    const reached = Math.max(had.seq, room.position.seq);
    void this.#answer(membership, message, "recovered", { epoch: had.epoch, seq: reached });
    let cursor = had.seq;
    let told = 0;
    let looks = 0;
    while (cursor < room.position.seq || page.entries.length > 0) {
      const { epoch, first, entries } = page;
      const isGone = epoch !== had.epoch || first > cursor + 1;
      // This node has heard what the log has not got, and will not have: it was lost.
      const isBehind = entries.length === 0 && page.last < room.position.seq && ++looks > MAX_LOOKS;
      if (isGone || isBehind || (told += entries.length) > limits.maxRecovered) {
        return this.#tellGap(membership);
      }
      // Unreadable ones at the end have no entry, and nothing behind them either.
      const last = entries.at(-1)?.seq ?? Math.max(page.last, cursor);
      await this.#sendEntries(membership, room, { epoch, prev: cursor, last }, entries);
      cursor = last;
      signal.throwIfAborted();
      this.#still(membership);
      if (cursor >= room.position.seq) break;
      if (entries.length === 0) await new Pause().wait(LOOK_AGAIN_MS * looks);
      page = await feeds.read(membership.name, { after: cursor, limit: PAGE }, signal);
      signal.throwIfAborted();
      this.#still(membership);
    }
    if (room.position.epoch !== had.epoch) return this.#tellGap(membership);
    this.#host.members.join(membership.name, this.#peer.socket);
  }

  /** In as many messages as they need to be taken by the client, each of them when there is room for it. */
  async #sendEntries(
    { name }: Membership,
    room: LocalRoom,
    { epoch, prev, last }: { epoch: string; prev: number; last: number },
    entries: readonly RoomEntry[],
  ): Promise<void> {
    let before = prev;
    for (const batch of inBatches(entries)) {
      const known = batch.map((entry) => room.read(entry)).filter((entry) => entry !== undefined);
      const reached = batch.at(-1) === entries.at(-1) ? last : batch.at(-1)!.seq;
      await this.#send({ type: "entries", room: name, epoch, prev: before, last: reached, entries: known });
      before = reached;
    }
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
    const known = membership.room!.people;
    const people = presence === true ? known.list(limits.maxPeople) : undefined;
    const total = people !== undefined && people.length < known.size ? known.size : undefined;
    if (presence === true) watchers.join(name, this.#peer.socket);
    else watchers.leave(name, this.#peer.socket);
    return this.#send({ type: "joined", re: id, room: name, epoch, seq, outcome, people, total });
  }

  /** @throws RoomError where it has left meanwhile */
  #still(membership: Membership): LocalRoom {
    if (membership.isOver || membership.room === undefined) throw leftMeanwhile(membership.name);
    return membership.room;
  }
}

/** Where numbers are dense, as the first page shows, they say how many entries were missed; otherwise only that page is known. */
function leastMissed({ entries }: RoomPage, had: Position, position: Position): number {
  const last = entries.at(-1)?.seq ?? had.seq;
  return last - had.seq === entries.length ? position.seq - had.seq : entries.length;
}

export function noPresence(room: string): RoomError {
  return new RoomError(
    "UNKNOWN_NAME",
    `Cannot tell who is in the room "${room}": nobody declared its presence`,
  );
}

function isSame(a: Position, b: Position): boolean {
  return a.epoch === b.epoch && a.seq === b.seq;
}

function superseded(room: string): RoomError {
  return new RoomError("NOT_JOINED", `Cannot join the room "${room}": another join of it has come`);
}

function leftMeanwhile(room: string): RoomError {
  return new RoomError("NOT_JOINED", `Cannot join the room "${room}": it was left meanwhile`);
}
