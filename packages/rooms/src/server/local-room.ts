// One room on this node: hears what the engine has to tell of it, and passes it on to the members that are here, encoded once.
// Knows no members by name: they are in `Rooms`, which also decides about slow ones.
import { ownEntry, type RoomKind } from "../definition/define-rooms.ts";
import type { Position, RoomEntry, RoomLog } from "../room-log.ts";
import type { Following } from "../feed/follower.ts";
import type { RoomFeeds } from "../feed/room-feeds.ts";
import { randomId } from "../random-id.ts";
import type { Rooms } from "../rooms.ts";
import { encode, type Frame } from "../wire/codec.ts";
import { readAnnouncement, readPresence } from "../wire/message-shapes.ts";
import type { ServerMessage, WireEntry } from "../wire/messages.ts";
import { CLIENT_LIMITS, SERVER_LIMITS, type WireLimits } from "../wire/wire-limits.ts";
import { LocalPeople } from "./local-people.ts";
import { readEntry } from "./read-entry.ts";
import { People, type PeopleChange, type PersonRecord } from "./people.ts";
import type { RoomSocket } from "./room-socket.ts";

/** What a room of this node needs of its server. */
export interface RoomHost {
  readonly log: RoomLog;
  readonly feeds: RoomFeeds;
  /** Those who hear what is said, and those who want to know who is there. */
  readonly members: Rooms<RoomSocket>;
  readonly watchers: Rooms<RoomSocket>;
  readonly maxEntryBytes: number;
  /** The engine held something that we do not read. */
  readonly reportFault: (error: Error) => void;
}

export class LocalRoom {
  readonly name: string;
  readonly local: LocalPeople;
  readonly people: People = new People();
  readonly #host: RoomHost;
  readonly #kind: RoomKind;
  readonly #limits: WireLimits;
  #following: Following | undefined;
  #position: Position | undefined;
  /** The last entry that members were sent, or where they began: what the next one follows. */
  #sent = 0;
  #arePeopleKnown = false;
  /** How many of this node want to know who is there. */
  #watching = 0;

  constructor(name: string, kind: RoomKind, host: RoomHost) {
    this.name = name;
    this.#kind = kind;
    this.#host = host;
    this.#limits = { ...SERVER_LIMITS, maxMessageBytes: host.maxEntryBytes };
    this.local = new LocalPeople(name, host.log);
  }

  /** @throws EngineError where the engine is down */
  async open(): Promise<void> {
    this.#following = await this.#host.feeds.follow(this.name, {
      onStart: (position) => this.#start(position),
      onEntry: (entry) => this.#pass(entry),
      onGap: (position) => this.#passGap(position),
      onAnnouncement: (data) => this.#onAnnouncement(data),
    });
  }

  /** How far this node is. Only while it is open. */
  get position(): Position {
    return this.#position!;
  }

  close(): void {
    this.#following?.stop();
    this.people.clear();
  }

  /** What members are told of an entry; nothing of one that nobody of ours has written. */
  read(entry: RoomEntry): WireEntry | undefined {
    const { maxEntryBytes, reportFault } = this.#host;
    return readEntry(this.name, entry, maxEntryBytes, reportFault);
  }

  #start(position: Position): void {
    this.#position = this.#host.log.isDurable ? position : newHistory();
    this.#sent = this.#position.seq;
  }

  #pass(entry: RoomEntry): void {
    const { epoch, seq } = this.#advance(entry);
    const told = this.read(entry);
    if (told === undefined) return;
    // Nobody asks for what there was before it where it may be missed.
    const prev = this.#kind.isLossy === true ? 0 : this.#sent;
    this.#sent = seq;
    this.#broadcast({ type: "entry", room: this.name, epoch, prev, ...told, seq });
  }

  #passGap(after: Position): void {
    const { epoch, seq } = (this.#position = this.#host.log.isDurable ? after : newHistory());
    this.#sent = seq;
    this.#broadcast({ type: "gap", room: this.name, epoch, seq });
  }

  #advance({ epoch, seq }: RoomEntry): Position {
    // Where nothing is remembered the engine's numbers mean nothing: members get those of what this node has heard, so that
    // they notice what they miss all the same.
    const here = this.position;
    this.#position = this.#host.log.isDurable ? { epoch, seq } : { epoch: here.epoch, seq: here.seq + 1 };
    return this.#position;
  }

  #broadcast(message: ServerMessage, key?: string): void {
    this.#host.members.broadcast(this.name, frameFor(message), { key });
  }

  // Presence

  /** Somebody wants to know who is there, from now on. */
  watchPeople(): void {
    this.#watching++;
  }

  unwatchPeople(): void {
    if (--this.#watching > 0) return;
    this.#arePeopleKnown = false;
    this.people.clear();
  }

  get isWatched(): boolean {
    return this.#watching > 0;
  }

  /** Makes it known who is there, if it is not yet. */
  async learnPeople(): Promise<void> {
    if (!this.#arePeopleKnown) await this.syncPeople();
  }

  /** Compares with what the engine knows, and tells what is other. */
  async syncPeople(): Promise<void> {
    const { log } = this.#host;
    const take = this.people.compare();
    let records: PersonRecord[] | undefined;
    try {
      const present = await log.present(this.name);
      // Of ourselves we know better: what the engine is still to be told.
      const others = present.filter(({ node }) => node !== log.node);
      records = others.map(({ node, person, data }) => ({ node, person, data: this.#readPresence(data) }));
      records.push(...this.local.list().map((each) => ({ ...each, node: log.node })));
    } finally {
      if (!this.isWatched) take(undefined);
      else for (const change of take(records)) this.#passChange(change);
    }
    this.#arePeopleKnown = this.isWatched;
  }

  #readPresence(bytes: Uint8Array): unknown {
    const { value, error } = readPresence(bytes, this.#limits);
    if (error !== undefined) this.#host.reportFault(error);
    return value?.data;
  }

  #passChange({ change, person, data }: PeopleChange): void {
    this.#host.watchers.broadcast(
      this.name,
      frameFor({ type: "presence", room: this.name, change, person, data }),
    );
  }

  #onAnnouncement(bytes: Uint8Array): void {
    const { value, error } = readAnnouncement(bytes, this.#limits);
    if (error !== undefined) return this.#host.reportFault(error);
    if (value.kind === "signal") {
      const { event, data, from } = value;
      const key = conflationKey(this.#kind, event, data);
      return this.#broadcast({ type: "signal", room: this.name, event, data, from }, key);
    }
    if (!this.isWatched) return;
    const { node, person, data } = value;
    const change = value.isHere ? this.people.enter({ node, person, data }) : this.people.exit(node, person);
    if (change !== undefined) this.#passChange(change);
  }
}

function newHistory(): Position {
  return { epoch: randomId(), seq: 0 };
}

/** Of signals with the same key only the newest waits for a slow member, under the policy `"conflate"`. */
function conflationKey({ conflateBy }: RoomKind, event: string, data: unknown): string | undefined {
  const member = ownEntry(conflateBy, event);
  if (member === undefined) return undefined;
  const isObject = typeof data === "object" && data !== null && Object.hasOwn(data, member);
  const value = isObject ? (data as Readonly<Record<string, unknown>>)[member] : undefined;
  if (typeof value !== "string" && typeof value !== "number") return undefined;
  return JSON.stringify([event, value]);
}

/** What a client is sent: it takes more than a server does. */
export function frameFor(message: ServerMessage): Frame {
  return encode(message, CLIENT_LIMITS);
}
