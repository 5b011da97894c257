// Rooms whose history is in JetStream.
//
// Numbers. An entry's `seq` is its number in the stream, which all rooms of a shard share: they go up and are not dense. A
// number of the room's own would have to be given by whoever appends, and every append would have to wait for the one before
// it, on whatever node, and try again where another was faster: nodes far from the server would never win in a busy room.
// So the server counts. It passes every message that it has stored on to a second subject, with its number and with the number
// before it in the same room: that is what an entry has as `previous`, and what makes a hole seen without asking.
//
// Where history begins. The first entry of a room says, in `Room-Floor`, from which number on nothing can have been there before
// it: the stream's first number at that time, when the room was seen to be empty. Messages go by trimming, which always
// leaves the newest, or with age, which takes all numbers below the stream's first. So as long as the oldest message of a room
// has a floor, nothing since was lost; when it has none, something before it was removed. An empty room ends where the stream ends.
import type { MsgHdrs } from "@nats-io/transport-node";
import type { Appended, NewEntry, ReadRange, RoomEntry, RoomPage } from "@ws/rooms";
import { decodeEntry, entryHeaders, wholeNumber } from "./entry-message.ts";
import { isWrongLastSequence } from "./engine-error.ts";
import type { NatsLink } from "./nats-link.ts";
import type { ResolvedNatsLogOptions } from "./nats-log-options.ts";
import { RecentNames } from "./recent-names.ts";
import { RoomMarks } from "./room-marks.ts";
import { RoomPages } from "./room-pages.ts";
import { RoomStream } from "./room-stream.ts";
import { RoomTrimming } from "./room-trimming.ts";
import type { Subjects } from "./subjects.ts";

/** How many rooms this node remembers to have begun; another one costs one question more. */
const MAX_BEGUN = 10_000;
/** Room for all our headers, and those that the server adds where it passes a message on. */
const MAX_HEAD_BYTES = 1024;

export class StreamRooms {
  readonly #link: NatsLink;
  readonly #options: ResolvedNatsLogOptions;
  readonly #subjects: Subjects;
  readonly #streams = new Map<number, RoomStream>();
  readonly #begun = new RecentNames(MAX_BEGUN);
  readonly #marks: RoomMarks;
  readonly #pages: RoomPages;
  readonly #trimming: RoomTrimming;

  constructor(link: NatsLink, options: ResolvedNatsLogOptions, subjects: Subjects) {
    this.#link = link;
    this.#options = options;
    this.#subjects = subjects;
    this.#marks = new RoomMarks(link, options, subjects);
    this.#pages = new RoomPages(options, this.#marks, (error) => link.listeners.fault(error));
    this.#trimming = new RoomTrimming(options, this.#marks);
  }

  /** Looks after the streams in use, after they were out of reach; the first one even before, so that it is known to be possible. */
  async refresh(): Promise<void> {
    for (const stream of this.#streams.values()) stream.forget();
    await Promise.all([this.#marks.refresh(), this.#shard(0).use(() => Promise.resolve())]);
  }

  async append(room: string, entries: readonly NewEntry[]): Promise<readonly Appended[]> {
    const subject = this.#subjects.log(room);
    this.#checkSize(entries);
    const stream = this.#streamOf(room);
    const appended: Appended[] = [];
    await stream.use(async (name) => {
      const publish = async (entry: NewEntry, floor?: number): Promise<Appended> => {
        const expect = floor === undefined ? {} : { lastSubjectSequence: 0 };
        const head = entryHeaders(room, entry, floor);
        const ack = await stream.publish(name, subject, entry.data, head, expect);
        return { epoch: stream.epochOf(name, room), seq: ack.seq, isDuplicate: ack.duplicate };
      };
      if (!this.#begun.has(`${name} ${subject}`) && appended.length < entries.length) {
        appended.push(await this.#begin(stream, name, subject, publish, entries[appended.length]!));
        this.#begun.add(`${name} ${subject}`);
      }
      const rest = entries.slice(appended.length);
      if (this.#options.replicas === 1) {
        // One server takes them in as they come, over one connection: they may all be under way at once.
        for (const result of await Promise.allSettled(rest.map((entry) => publish(entry)))) {
          if (result.status === "rejected") throw result.reason;
          appended.push(result.value);
        }
      } else {
        // When a leader changes it may lose one and its successor take in the next: only one after the other they are in order.
        for (const entry of rest) appended.push(await publish(entry));
      }
    });
    await this.#trimming.afterAppend(stream, room, subject, entries);
    return appended;
  }

  async read(room: string, range: ReadRange): Promise<RoomPage> {
    const stream = this.#streamOf(room);
    return stream.use((name) =>
      this.#pages.read(stream, { name, room, subject: this.#subjects.log(room) }, range),
    );
  }

  /**
   * What the server passed on.
   *
   * @returns `undefined` for what it did not, or what no node of ours had published
   */
  decodeLive(room: string, head: MsgHdrs | undefined, data: Uint8Array): RoomEntry | undefined {
    const stream = this.#streamOf(room);
    const name = head?.get("Nats-Stream") ?? "";
    const seq = wholeNumber(head?.get("Nats-Sequence") ?? "", Number.MAX_SAFE_INTEGER);
    const previous = wholeNumber(head?.get("Nats-Last-Sequence") ?? "", Number.MAX_SAFE_INTEGER);
    if (!stream.isName(name) || seq === undefined || previous === undefined || previous >= seq)
      return undefined;
    return decodeEntry({ room, epoch: stream.epochOf(name, room), seq, previous }, head, data);
  }

  /** The first entry that this node puts into a room: with the floor, where it is the first of all. */
  async #begin(
    stream: RoomStream,
    name: string,
    subject: string,
    publish: (entry: NewEntry, floor?: number) => Promise<Appended>,
    entry: NewEntry,
  ): Promise<Appended> {
    // Not by asking for a message: where another node has just begun the stream, nats-server 2.9 may end by that, "invalid memory address".
    const { subjects } = await stream.state(name, subject);
    if (subjects?.[subject] !== undefined) return publish(entry);
    // After it was seen to be empty, so that whatever was there before is below.
    const { first_seq: first } = await stream.state(name);
    try {
      return await publish(entry, Math.max(first, 1));
    } catch (error) {
      if (!isWrongLastSequence(error)) throw error;
      return publish(entry);
    }
  }

  #checkSize(entries: readonly NewEntry[]): void {
    const max = this.#link.connection.info?.max_payload ?? Number.MAX_SAFE_INTEGER;
    for (const { data } of entries) {
      if (data.length + MAX_HEAD_BYTES > max) {
        throw new RangeError(
          `Cannot append an entry of ${data.length} bytes: the server's max_payload is ${max}, of which ${MAX_HEAD_BYTES} are for headers`,
        );
      }
    }
  }

  #streamOf(room: string): RoomStream {
    return this.#shard(this.#subjects.shardOf(room));
  }

  #shard(shard: number): RoomStream {
    let stream = this.#streams.get(shard);
    if (stream === undefined) {
      const { prefix, storage, replicas, commonRetention, maxStreamBytes, dedupeMs, requestTimeoutMs } =
        this.#options;
      stream = new RoomStream(this.#link.connection, {
        name: `${prefix}-${shard}`,
        subjects: this.#subjects.logs(shard),
        relayed: this.#subjects.relayed,
        storage,
        replicas,
        maxBytes: maxStreamBytes,
        forgetMs: 2 * (commonRetention?.maxAgeMs ?? 0),
        dedupeMs,
        timeoutMs: requestTimeoutMs,
      });
      this.#streams.set(shard, stream);
    }
    return stream;
  }
}
