// From where on each room is to be seen, where retention has hidden what was before. What is hidden stays in the stream of
// entries for as long as its ids must be known; so what is seen and what is stored are two things, and this owns the first.
// One small message for each room that ever had more than it remembers, the newest of its subject.
import {
  DiscardPolicy,
  jetstream,
  type JetStreamManager,
  jetstreamManager,
  RetentionPolicy,
  type StoredMsg,
} from "@nats-io/jetstream";
import { Empty, headers, nanos } from "@nats-io/transport-node";
import { EngineError } from "@ws/rooms";
import { isStreamGone } from "./engine-error.ts";
import { ensureStream } from "./ensure-stream.ts";
import { wholeNumber } from "./entry-message.ts";
import type { NatsLink } from "./nats-link.ts";
import type { ResolvedNatsLogOptions } from "./nats-log-options.ts";
import type { Subjects } from "./subjects.ts";

/** A mark of another history means nothing. */
const EPOCH = "Room-Epoch";
const FIRST = "Room-First";

export class RoomMarks {
  readonly #link: NatsLink;
  readonly #options: ResolvedNatsLogOptions;
  readonly #subjects: Subjects;
  readonly #stream: string;
  #manager: Promise<JetStreamManager> | undefined;

  constructor(link: NatsLink, options: ResolvedNatsLogOptions, subjects: Subjects) {
    this.#link = link;
    this.#options = options;
    this.#subjects = subjects;
    this.#stream = `${options.prefix}-kept`;
  }

  async refresh(): Promise<void> {
    const { storage, replicas } = this.#options;
    const { streams } = await this.#manage();
    await ensureStream(streams, {
      name: this.#stream,
      subjects: [this.#subjects.marks],
      description: "From where on rooms are remembered",
      retention: RetentionPolicy.Limits,
      discard: DiscardPolicy.Old,
      storage,
      num_replicas: replicas,
      max_msgs_per_subject: 1,
      duplicate_window: nanos(100),
    });
  }

  /** The number of the first entry to be seen; 0 where nothing is hidden. */
  async first(epoch: string, room: string): Promise<number> {
    const { streams } = await this.#manage();
    let mark: StoredMsg | null;
    try {
      mark = await streams.getMessage(this.#stream, { last_by_subj: this.#subjects.mark(room) });
    } catch (error) {
      // Somebody has deleted it: then more is to be seen, which is no harm.
      if (isStreamGone(error)) return 0;
      throw error;
    }
    if (mark === null) return 0;
    const first = wholeNumber(mark.header.get(FIRST), Number.MAX_SAFE_INTEGER);
    if (first === undefined) this.#link.listeners.fault(unreadable(room));
    return first === undefined || mark.header.get(EPOCH) !== epoch ? 0 : first;
  }

  async set(epoch: string, room: string, first: number): Promise<void> {
    const head = headers();
    head.set(EPOCH, epoch);
    head.set(FIRST, `${first}`);
    const client = jetstream(this.#link.connection, { timeout: this.#options.requestTimeoutMs });
    await client.publish(this.#subjects.mark(room), Empty, {
      headers: head,
      expect: { streamName: this.#stream },
    });
  }

  #manage(): Promise<JetStreamManager> {
    this.#manager ??= jetstreamManager(this.#link.connection, {
      checkAPI: false,
      timeout: this.#options.requestTimeoutMs,
    });
    return this.#manager;
  }
}

function unreadable(room: string): EngineError {
  return new EngineError(
    "ENGINE_FAULT",
    `Cannot read from where on room ${JSON.stringify(room)} is remembered: no node has written it`,
  );
}
