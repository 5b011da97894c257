// One room on this node: hears what the engine has to tell of it, and passes it on to the members that are here, encoded once.
// Knows no members by name: they are in `Rooms`, which also decides about slow ones.
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
  readonly #limits: WireLimits;
  #following: Following | undefined;
  #position: Position | undefined;
  /** The last entry that members were sent, or where they began: what the next one follows. */
  #sent = 0;
  #arePeopleKnown = false;

  constructor(name: string, host: RoomHost) {
    this.name = name;
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
    const prev = this.#sent;
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

  #broadcast(message: ServerMessage): void {
    this.#host.members.broadcast(this.name, frameFor(message));
  }

  // Presence

  /** Makes it known who is there, if it is not yet. */
  async learnPeople(): Promise<void> {
    if (!this.#arePeopleKnown) await this.syncPeople();
  }

  /** Compares with what the engine knows, and tells what is other. */
  async syncPeople(): Promise<void> {
    const take = this.people.compare();
    let records: PersonRecord[] | undefined;
    try {
      const present = await this.#host.log.present(this.name);
      records = present.map(({ node, person, data }) => ({ node, person, data: this.#readPresence(data) }));
      this.#arePeopleKnown = true;
    } finally {
      for (const change of take(records)) this.#passChange(change);
    }
  }

  /** Nobody wants to know any more. */
  forgetPeople(): void {
    this.#arePeopleKnown = false;
    this.people.clear();
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
      return this.#broadcast({ type: "signal", room: this.name, event, data, from });
    }
    if (this.#host.watchers.members(this.name).size === 0 && !this.#arePeopleKnown) return;
    const { node, person, data } = value;
    const change = value.isHere ? this.people.enter({ node, person, data }) : this.people.exit(node, person);
    if (change !== undefined) this.#passChange(change);
  }
}

function newHistory(): Position {
  return { epoch: randomId(), seq: 0 };
}

/** What a client is sent: it takes more than a server does. */
export function frameFor(message: ServerMessage): Frame {
  return encode(message, CLIENT_LIMITS);
}
