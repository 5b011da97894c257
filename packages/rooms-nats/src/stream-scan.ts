// Reads a stretch of one subject in order: a consumer that lives as long as the reading, in the memory of one server.
import {
  AckPolicy,
  type ConsumerConfig,
  DeliverPolicy,
  type JetStreamManager,
  type JsMsg,
} from "@nats-io/jetstream";
import { nanos } from "@nats-io/transport-node";

/** What a server keeps of a reader that was cut off. */
const FORGOTTEN_AFTER_MS = 10_000;
/** More at once would be as much memory, on both sides. */
const MAX_BATCH = 256;

export interface ScanOptions {
  readonly subject: string;
  /** From this number on, or from this time, in ms since 1970. */
  readonly from: { readonly seq: number } | { readonly timeMs: number };
  /** How many are wanted at most; fewer are taken where some are of no use. Default: all. */
  readonly limit?: number;
  /** Only what is beside the data, and how much these are. */
  readonly headersOnly?: boolean;
  /** How long to wait for messages that the server has announced. */
  readonly timeoutMs: number;
}

/**
 * Gives every message to `take`, oldest first, until there are no more or it says `false`.
 *
 * @returns false where the server said that there was more and did not deliver it in time
 */
export async function scan(
  manager: JetStreamManager,
  stream: string,
  options: ScanOptions,
  take: (message: JsMsg) => boolean,
): Promise<boolean> {
  const { subject, from, limit = MAX_BATCH, headersOnly = false, timeoutMs } = options;
  const config: Partial<ConsumerConfig> = {
    filter_subject: subject,
    ack_policy: AckPolicy.None,
    inactive_threshold: nanos(FORGOTTEN_AFTER_MS),
    mem_storage: true,
    num_replicas: 1,
    headers_only: headersOnly,
    ...("seq" in from
      ? { deliver_policy: DeliverPolicy.StartSequence, opt_start_seq: from.seq }
      : { deliver_policy: DeliverPolicy.StartTime, opt_start_time: new Date(from.timeMs).toISOString() }),
  };
  const info = await manager.consumers.add(stream, config);
  const consumer = manager.jetstream().consumers.getConsumerFromInfo(info);
  try {
    // As many as there were, so that it ends while others append; fewer, where some were removed meanwhile.
    for (let pending = info.num_pending; pending > 0;) {
      const count = Math.min(pending, limit, MAX_BATCH);
      const messages = await consumer.fetch({ max_messages: count, expires: Math.max(timeoutMs, 1000) });
      let received = 0;
      for await (const message of messages) {
        received++;
        if (!take(message) || message.info.pending === 0) return true;
      }
      if (received < count) return false;
      pending -= count;
    }
    return true;
  } finally {
    // Nobody waits for that: it would go by itself.
    manager.consumers.delete(stream, info.name).catch(() => {});
  }
}
