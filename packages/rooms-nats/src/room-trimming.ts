// What of a room's retention the server does not know of, done by the nodes that append: JetStream limits the number of
// messages per subject and the age of all of them, alike for all rooms, and no bytes per subject.
//
// Trimming reads the headers of all that is kept, so it is not done each time: each append does it with a chance that is
// eight times its part of the limit. On average a room exceeds its limit by an eighth, however many nodes append to it and
// however often they start anew; nothing has to be remembered for that. An append of an eighth and more always does it.
import type { NewEntry, Retention } from "@ws/rooms";
import type { ResolvedNatsLogOptions } from "./nats-log-options.ts";
import type { RoomStream } from "./room-stream.ts";
import { scan } from "./stream-scan.ts";
import { wholeNumber } from "./entry-message.ts";

const CHANCE = 8;

export class RoomTrimming {
  readonly #options: ResolvedNatsLogOptions;

  constructor(options: ResolvedNatsLogOptions) {
    this.#options = options;
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
    // With one retention for all rooms the server counts, and forgets with age.
    const count = this.#options.commonRetention === undefined ? entries.length : 0;
    const part = Math.max(bytes / retention.maxBytes, count / retention.maxEntries);
    // No part of a limit of nothing: there is nothing to be seen, and the newest message stays anyway.
    if (!(Math.random() < part * CHANCE)) return;
    await stream.use((name) => this.#trim(stream, name, subject, retention)).catch(() => {});
  }

  async #trim(
    stream: RoomStream,
    name: string,
    subject: string,
    { maxEntries, maxBytes, maxAgeMs }: Required<Retention>,
  ): Promise<void> {
    const since = Date.now() - maxAgeMs;
    const kept: { readonly seq: number; readonly bytes: number; readonly isOld: boolean }[] = [];
    const options = {
      subject,
      from: { seq: 1 },
      headersOnly: true,
      timeoutMs: this.#options.requestTimeoutMs,
    };
    await scan(await stream.manager(), name, options, (message) => {
      const bytes = wholeNumber(message.headers?.get("Nats-Msg-Size") ?? "", Number.MAX_SAFE_INTEGER) ?? 0;
      kept.push({ seq: message.seq, bytes, isOld: message.time.getTime() < since });
      return true;
    });
    let left = kept.length;
    for (let bytes = 0; left > 0; left--) {
      const message = kept[left - 1]!;
      bytes += message.bytes;
      if (kept.length - left >= maxEntries || bytes > maxBytes || message.isOld) break;
    }
    const oldest = kept[Math.min(left, kept.length - 1)];
    if (oldest !== undefined && left > 0) await stream.purge(name, subject, oldest.seq);
  }
}
