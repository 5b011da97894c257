// Pages of a room's history out of a stream that holds many rooms.
//
// The stream has an index from a subject to its first and last number and can find the next message of a subject; there is
// none from the room's fiftieth message back. So a page before a number is looked for: from how dense the room is in the stream
// follows where the page would begin, if it were equally dense everywhere; the headers from there on are counted, and where
// they are too few we go further back, four times as far each time. At worst that reads the headers of all that is kept of
// the room; the data are read of the page alone.
import type { JsMsg } from "@nats-io/jetstream";
import type { ReadRange, RoomEntry, RoomPage } from "@ws/rooms";
import { EngineError } from "@ws/rooms";
import { decodeEntry, readFloor } from "./entry-message.ts";
import type { ResolvedNatsLogOptions } from "./nats-log-options.ts";
import type { RoomMarks } from "./room-marks.ts";
import type { RoomStream } from "./room-stream.ts";
import { scan } from "./stream-scan.ts";

/** A room in its stream. */
export interface RoomInStream {
  readonly name: string;
  readonly room: string;
  readonly subject: string;
}

/** What of a room is to be seen up to `end`, and what is stored of it. */
interface Stretch {
  readonly first: number;
  readonly end: number;
  readonly oldest: number;
  readonly count: number;
}

export class RoomPages {
  readonly #options: ResolvedNatsLogOptions;
  readonly #marks: RoomMarks;
  readonly #onFault: (error: Error) => void;

  constructor(options: ResolvedNatsLogOptions, marks: RoomMarks, onFault: (error: Error) => void) {
    this.#options = options;
    this.#marks = marks;
    this.#onFault = onFault;
  }

  async read(stream: RoomStream, at: RoomInStream, range: ReadRange): Promise<RoomPage> {
    const { name, room, subject } = at;
    const epoch = stream.epochOf(name, room);
    const state = await stream.state(name, subject);
    const nothing = { epoch, first: Math.max(state.first_seq, 1), last: state.last_seq, entries: [] };
    // A server looks at its subjects behind its numbers: what it does not know then has nothing below them. It is not asked for
    // a message either: of a stream that was just begun nats-server 2.9 may end by that, "invalid memory address".
    const count = state.subjects?.[subject];
    if (count === undefined) return nothing;
    const [newest, oldest, marked] = await Promise.all([
      stream.newest(name, subject),
      stream.next(name, subject, 1),
      this.#marks.first(epoch, room),
    ]);
    // All of it was removed meanwhile.
    if (newest === null || oldest === null) return this.read(stream, at, range);
    const { maxEntries, maxBytes, maxAgeMs } = this.#options.retentionOf(room);
    const since = Date.now() - maxAgeMs;
    const last = newest.seq;
    // The newest message stays longer than it is to be seen: it knows where the numbers are.
    const isEmpty = maxEntries === 0 || newest.data.length > maxBytes || newest.time.getTime() < since;
    if (isEmpty) return { epoch, first: last + 1, last, entries: [] };
    const stored =
      oldest.time.getTime() >= since
        ? (readFloor(oldest.header) ?? oldest.seq)
        : await this.#firstSince(stream, at, since, last + 1);
    const first = marked <= last ? Math.max(stored, marked) : stored;
    if ("after" in range && range.after >= last) return { epoch, first, last, entries: [] };
    const entries =
      "after" in range
        ? await this.#forward(stream, at, Math.max(range.after + 1, first), last + 1, range.limit)
        : await this.#backward(
            stream,
            at,
            { first, oldest: oldest.seq, end: Math.min(range.before ?? last + 1, last + 1), count },
            range.limit,
          );
    // What was removed between the look at the first and the look at the entries is missing among them, and nothing would show it.
    const still = await stream.next(name, subject, 1);
    if (still === null) return this.read(stream, at, range);
    if (still.seq === oldest.seq || still.seq <= first) return { epoch, first, last, entries };
    return { epoch, first: still.seq, last, entries: entries.filter(({ seq }) => seq >= still.seq) };
  }

  /** Up to `limit` that can be read, from `start` to before `end`. */
  async #forward(
    stream: RoomStream,
    at: RoomInStream,
    start: number,
    end: number,
    limit: number,
  ): Promise<RoomEntry[]> {
    const entries: RoomEntry[] = [];
    if (start >= end) return entries;
    const epoch = stream.epochOf(at.name, at.room);
    await this.#scan(stream, at, { from: { seq: start }, limit }, (message) => {
      if (message.seq >= end) return false;
      const entry = decodeEntry({ room: at.room, epoch, seq: message.seq }, message.headers, message.data);
      if (entry === undefined) this.#onFault(unreadable(at.room, message.seq));
      else entries.push(entry);
      return entries.length < limit;
    });
    return entries;
  }

  async #backward(
    stream: RoomStream,
    at: RoomInStream,
    { first, oldest, end, count }: Stretch,
    limit: number,
  ): Promise<RoomEntry[]> {
    if (end <= first) return [];
    if (count <= limit) {
      const all = await this.#forward(stream, at, first, end, limit + 1);
      // Others may have come since they were counted: then these are not the last.
      if (all.length <= limit) return all;
    }
    let width = Math.ceil((Math.max(end - oldest, 1) / count) * limit * 1.25);
    for (;;) {
      const start = Math.max(first, end - width);
      const found = await this.#readableBetween(stream, at, start, end);
      if (found.length >= limit || start === first) {
        const from = found.at(-limit) ?? found[0];
        return from === undefined ? [] : this.#forward(stream, at, from, end, limit);
      }
      width *= 4;
    }
  }

  /** The numbers of what can be read, without its data. */
  async #readableBetween(
    stream: RoomStream,
    at: RoomInStream,
    start: number,
    end: number,
  ): Promise<number[]> {
    const found: number[] = [];
    await this.#scan(stream, at, { from: { seq: start }, headersOnly: true }, ({ seq, headers, data }) => {
      if (seq >= end) return false;
      if (decodeEntry({ room: at.room, epoch: "", seq }, headers, data) !== undefined) found.push(seq);
      return true;
    });
    return found;
  }

  async #firstSince(stream: RoomStream, at: RoomInStream, timeMs: number, fallback: number): Promise<number> {
    let first = fallback;
    await this.#scan(stream, at, { from: { timeMs }, limit: 1, headersOnly: true }, ({ seq }) => {
      first = seq;
      return false;
    });
    return first;
  }

  async #scan(
    stream: RoomStream,
    { name, subject }: RoomInStream,
    options: Pick<Parameters<typeof scan>[2], "from" | "limit" | "headersOnly">,
    take: (message: JsMsg) => boolean,
  ): Promise<void> {
    const timeoutMs = this.#options.requestTimeoutMs;
    const isWhole = await scan(await stream.manager(), name, { ...options, subject, timeoutMs }, take);
    // A page that ends too early says that there is nothing behind it.
    if (!isWhole) throw new EngineError("ENGINE_DOWN", `Cannot read ${subject}: what is there did not come`);
  }
}

function unreadable(room: string, seq: number): EngineError {
  return new EngineError(
    "ENGINE_FAULT",
    `Cannot read message ${seq} of room ${JSON.stringify(room)}: no node has written it`,
  );
}
