// One room on this node: hears what the engine has to tell of it, and passes it on to the members that are here, encoded once.
// Knows no members by name: they are in `Rooms`, which also decides about slow ones.
import type { Position, RoomEntry, RoomLog } from "../room-log.ts";
import { RoomFeed } from "../room-feed.ts";
import type { Rooms } from "../rooms.ts";
import { decodeBytes, encode, type Frame } from "../wire/codec.ts";
import { readAnnouncement } from "../wire/message-shapes.ts";
import type { ServerMessage, WireEntry } from "../wire/messages.ts";
import { CLIENT_LIMITS, SERVER_LIMITS, type WireLimits } from "../wire/wire-limits.ts";
import { LocalPeople } from "./local-people.ts";
import { readEntry } from "./read-entry.ts";
import { People, type PeopleChange, type PersonRecord } from "./people.ts";
import type { RoomSocket } from "./room-socket.ts";

/** What a room of this node needs of its server. */
export interface RoomHost {
  readonly log: RoomLog;
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
  #feed: RoomFeed | undefined;
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
    this.#feed = await RoomFeed.open(this.#host.log, this.name, {
      onEntry: (entry) => this.#pass(entry),
      onGap: (position) => this.#passGap(position),
      onAnnouncement: (data) => this.#onAnnouncement(data),
      onFault: (error) => this.#host.reportFault(error),
    });
    this.#sent = this.#feed.position.seq;
  }

  /** How far this node is. Only while it is open. */
  get position(): Position {
    return this.#feed!.position;
  }

  async close(): Promise<void> {
    await this.#feed?.close();
    this.people.clear();
  }

  /** What members are told of an entry; nothing of one that nobody of ours has written. */
  read(entry: RoomEntry): WireEntry | undefined {
    const { maxEntryBytes, reportFault } = this.#host;
    return readEntry(this.name, entry, maxEntryBytes, reportFault);
  }

  #pass(entry: RoomEntry): void {
    const told = this.read(entry);
    if (told === undefined) return;
    const prev = this.#sent;
    this.#sent = entry.seq;
    this.#broadcast({ type: "entry", room: this.name, epoch: entry.epoch, prev, ...told });
  }

  #passGap({ epoch, seq }: Position): void {
    this.#sent = seq;
    this.#broadcast({ type: "gap", room: this.name, epoch, seq });
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
    const { value, error } = decodeBytes(bytes, this.#limits);
    if (error !== undefined) this.#host.reportFault(error);
    return (value as { readonly data?: unknown } | undefined)?.data;
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

/** What a client is sent: it takes more than a server does. */
export function frameFor(message: ServerMessage): Frame {
  return encode(message, CLIENT_LIMITS);
}
