// A room's retention, done by the nodes that append: JetStream has no bytes per subject and one number and age for all rooms;
// and what it removes by itself it knows the id of no longer once it was killed, so that an entry that is tried again would be
// there twice. Hence two steps: what is beyond the limits is hidden at once, by a mark, and removed when its id need not be known
// any more. Of a room there is always stored all that was appended within `dedupeMs`.
//
// Trimming reads headers of what is to be seen, so it is not done each time: each append does it with a chance that is
// eight times its part of the limit. On average a room exceeds its limit by an eighth, however many nodes append to it and
// however often they start anew; nothing has to be remembered for that. An append of an eighth and more always does it.
import type { NewEntry, Retention } from "@ws/rooms";
import type { ResolvedNatsLogOptions } from "./nats-log-options.ts";
import type { RoomInStream } from "./room-pages.ts";
import type { RoomMarks } from "./room-marks.ts";
import type { RoomStream } from "./room-stream.ts";
import { scan } from "./stream-scan.ts";
import { wholeNumber } from "./entry-message.ts";

const CHANCE = 8;

export class RoomTrimming {
  readonly #options: ResolvedNatsLogOptions;
  readonly #marks: RoomMarks;

  constructor(options: ResolvedNatsLogOptions, marks: RoomMarks) {
    this.#options = options;
    this.#marks = marks;
  }

  /** Never rejects: what was appended is appended, and the next one tries again. */
  async afterAppend(
    stream: RoomStream,
    room: string,
    subject: string,
    entries: readonly NewEntry[],
  ): Promise<void> {
    const retention = this.#options.retentionOf(room);
    const bytes = entries.reduce((sum, { data }) => sum + data.length, 0);
    const luck = Math.random() / CHANCE;
    const areBytesLooked = luck < bytes / retention.maxBytes;
    if (!areBytesLooked && !(luck < entries.length / retention.maxEntries)) return;
    await stream
      .use((name) => this.#trim(stream, { name, room, subject }, retention, areBytesLooked))
      .catch(() => {});
  }

  async #trim(
    stream: RoomStream,
    at: RoomInStream,
    retention: Required<Retention>,
    areBytesLooked: boolean,
  ): Promise<void> {
    const { name, room, subject } = at;
    const epoch = stream.epochOf(name, room);
    const [newest, marked] = await Promise.all([
      stream.newest(name, subject),
      this.#marks.first(epoch, room),
    ]);
    if (newest === null) return;
    const from = marked <= newest.seq ? marked : 0;
    const first = await this.#firstWithin(stream, at, { from, last: newest.seq, retention, areBytesLooked });
    if (first > from) await this.#marks.set(epoch, room, first);
    // By the clock of the server, which has just said what time it was.
    const youngMs = newest.time.getTime() - this.#options.dedupeMs;
    const young = await this.#firstSince(stream, at, youngMs);
    const end = Math.min(first, young ?? first);
    // JetStream takes a number of 1 and less for none, and would remove everything.
    if (end > 1) await stream.purge(name, subject, end);
  }

  /** The number of the first entry within the limits, of the newest one at least; `from` where there is none before it. */
  async #firstWithin(
    stream: RoomStream,
    { name, subject }: RoomInStream,
    { from, last, retention, areBytesLooked }: Stretch,
  ): Promise<number> {
    const { maxEntries, maxBytes, maxAgeMs } = retention;
    const since = Date.now() - maxAgeMs;
    const kept: { readonly seq: number; readonly bytes: number }[] = [];
    let oldest: number | undefined;
    const options = { ...this.#headersOf(subject), from: { seq: Math.max(from, 1) } };
    await scan(await stream.manager(), name, options, ({ seq, time, info, headers }) => {
      oldest ??= seq;
      const isWithin = info.pending < maxEntries && time.getTime() >= since;
      if (isWithin || seq >= last) {
        const bytes = wholeNumber(headers?.get("Nats-Msg-Size") ?? "", Number.MAX_SAFE_INTEGER) ?? 0;
        kept.push({ seq, bytes });
      }
      return seq < last && (areBytesLooked || kept.length === 0);
    });
    let first = (areBytesLooked ? kept.at(-1) : kept[0])?.seq ?? from;
    if (!areBytesLooked) kept.length = 0;
    let sum = 0;
    for (const { seq, bytes } of kept.toReversed()) {
      sum += bytes;
      if (sum > maxBytes) break;
      first = seq;
    }
    // The oldest entry of all may know what was before it: nothing. A mark would say that something is hidden.
    return first === oldest ? from : first;
  }

  async #firstSince(
    stream: RoomStream,
    { name, subject }: RoomInStream,
    timeMs: number,
  ): Promise<number | undefined> {
    let first: number | undefined;
    const options = { ...this.#headersOf(subject), from: { timeMs }, limit: 1 };
    await scan(await stream.manager(), name, options, ({ seq }) => {
      first = seq;
      return false;
    });
    return first;
  }

  #headersOf(subject: string): { subject: string; headersOnly: true; timeoutMs: number } {
    return { subject, headersOnly: true, timeoutMs: this.#options.requestTimeoutMs };
  }
}

/** What of a room is looked through, and for what. */
interface Stretch {
  readonly from: number;
  readonly last: number;
  readonly retention: Required<Retention>;
  /** Otherwise it ends with the first entry that is within the other limits. */
  readonly areBytesLooked: boolean;
}
