// The names of everything in NATS: subjects and streams. Room and person can be any string, subjects cannot: what does not fit
// is escaped, and what becomes too long for that is named by its digest.
import { createHash } from "node:crypto";
import { escapeName } from "@ws/rooms/engine";

/** A longer one makes every message of the room longer, and the index that the server keeps of subjects. */
const MAX_TOKEN_LENGTH = 64;

export class Subjects {
  /** From where on rooms are to be seen: `<prefix>.kept.<room>`. */
  readonly marks: string;
  /** Leases of nodes: `<prefix>.alive.<node>`. */
  readonly leases: string;
  /** Who is present: `<prefix>.here.<room>.<node>.<person>`. */
  readonly records: string;
  /** Without JetStream: nodes say that they live, and ask each other who is there. */
  readonly hello: string;
  readonly who: string;
  readonly #prefix: string;
  readonly #shards: number;

  constructor(prefix: string, shards: number) {
    this.#prefix = prefix;
    this.#shards = shards;
    this.marks = `${prefix}.kept.*`;
    this.leases = `${prefix}.alive.*`;
    this.records = `${prefix}.here.*.*.*`;
    this.hello = `${prefix}.hello`;
    this.who = `${prefix}.who`;
  }

  /** Which stream remembers a room: the same on every node that has the same number of shards. */
  shardOf(room: string): number {
    return this.#shards === 1 ? 0 : digestOf(room).readUInt32BE(0) % this.#shards;
  }

  /** What a stream takes in. */
  logs(shard: number): string {
    return `${this.#prefix}.log.${shard}.*`;
  }

  /** Where the server tells what a stream has taken in; `*` of {@link logs} comes first. */
  get relayed(): string {
    return `${this.#prefix}.room.{{wildcard(1)}}.live`;
  }

  /** Where entries of a room are published to. */
  log(room: string): string {
    return `${this.#prefix}.log.${this.shardOf(room)}.${token(room)}`;
  }

  mark(room: string): string {
    return `${this.#prefix}.kept.${token(room)}`;
  }

  /** Where entries of a room are heard. */
  live(room: string): string {
    return `${this.#prefix}.room.${token(room)}.live`;
  }

  announcements(room: string): string {
    return `${this.#prefix}.room.${token(room)}.said`;
  }

  /** Both of them, so that a room costs one subscription. */
  heard(room: string): string {
    return `${this.#prefix}.room.${token(room)}.*`;
  }

  lease(node: string): string {
    return `${this.#prefix}.alive.${node}`;
  }

  /** The node of a lease's subject. */
  nodeOf(lease: string): string {
    return lease.slice(lease.lastIndexOf(".") + 1);
  }

  record(room: string, node: string, person: string): string {
    return `${this.#prefix}.here.${token(room)}.${node}.${token(person)}`;
  }

  recordsIn(room: string): string {
    return `${this.#prefix}.here.${token(room)}.*.*`;
  }

  recordsOf(node: string): string {
    return `${this.#prefix}.here.*.${node}.*`;
  }
}

/** No escaped name holds a `~`, so the two kinds are never the same. */
export function token(name: string): string {
  const escaped = escapeName(name);
  return escaped.length <= MAX_TOKEN_LENGTH ? escaped : `~${digestOf(name).toString("base64url")}`;
}

function digestOf(name: string): Buffer {
  // UTF-16, because UTF-8 has one and the same octets for all halves of surrogate pairs.
  return createHash("sha256").update(name, "utf16le").digest();
}
