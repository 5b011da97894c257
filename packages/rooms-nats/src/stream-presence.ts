// Presence in JetStream: one stream has the records of all nodes, the newest of each person and node; another one has the
// leases, which go by their age. Who has no lease is not there. So a node renews one message, however many people it has, and
// to find out that JetStream does not answer needs no question of its own.
import {
  DiscardPolicy,
  type JetStreamManager,
  jetstream,
  jetstreamManager,
  RetentionPolicy,
  StorageType,
  type StreamConfig,
} from "@nats-io/jetstream";
import { Empty, nanos } from "@nats-io/transport-node";
import { EngineError, type PresenceRecord } from "@ws/rooms";
import { ensureStream } from "./ensure-stream.ts";
import type { NatsLink } from "./nats-link.ts";
import type { ResolvedNatsLogOptions } from "./nats-log-options.ts";
import type { Presence } from "./presence.ts";
import { decodeRecord, recordHeaders } from "./presence-record.ts";
import { scan } from "./stream-scan.ts";
import type { Subjects } from "./subjects.ts";

export class StreamPresence implements Presence {
  readonly #link: NatsLink;
  readonly #node: string;
  readonly #options: ResolvedNatsLogOptions;
  readonly #subjects: Subjects;
  readonly #streams: { readonly records: string; readonly leases: string };
  #manager: Promise<JetStreamManager> | undefined;
  #renewed = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(link: NatsLink, node: string, options: ResolvedNatsLogOptions, subjects: Subjects) {
    this.#link = link;
    this.#node = node;
    this.#options = options;
    this.#subjects = subjects;
    this.#streams = { records: `${options.prefix}-here`, leases: `${options.prefix}-alive` };
  }

  async refresh(): Promise<void> {
    const { streams } = await this.#manage();
    await Promise.all([
      this.#ensure(streams, this.#streams.records, this.#subjects.records, 0),
      this.#ensure(streams, this.#streams.leases, this.#subjects.leases, this.#options.leaseMs),
    ]);
    await this.#purge(this.#subjects.recordsOf(this.#node));
    await this.#renew();
  }

  async enter(room: string, person: string, data: Uint8Array): Promise<void> {
    const subject = this.#subjects.record(room, this.#node, person);
    await this.#publish(subject, data, this.#streams.records, recordHeaders(this.#node, person));
  }

  async exit(room: string, person: string): Promise<void> {
    await this.#purge(this.#subjects.record(room, this.#node, person));
  }

  async present(room: string): Promise<readonly PresenceRecord[]> {
    const manager = await this.#manage();
    const alive = manager.streams.info(this.#streams.leases, { subjects_filter: this.#subjects.leases });
    const records: PresenceRecord[] = [];
    const newestOf = new Map<string, number>();
    const options = {
      subject: this.#subjects.recordsIn(room),
      from: { seq: 1 },
      timeoutMs: this.#options.requestTimeoutMs,
    };
    await scan(manager, this.#streams.records, options, (message) => {
      const record = decodeRecord(message.headers, message.data);
      if (
        record !== undefined &&
        message.subject === this.#subjects.record(room, record.node, record.person)
      ) {
        records.push(record);
        newestOf.set(record.node, message.seq);
      } else {
        const what = JSON.stringify(room);
        this.#link.listeners.fault(
          new EngineError(
            "ENGINE_FAULT",
            `Cannot read who is in room ${what}: no node has written message ${message.seq}`,
          ),
        );
      }
      return true;
    });
    const { state } = await alive;
    const nodes = new Set(Object.keys(state.subjects ?? {}).map((lease) => this.#subjects.nodeOf(lease)));
    for (const [node, seq] of newestOf) {
      if (!nodes.has(node)) this.#forget(manager, node, seq);
    }
    return records.filter(({ node }) => nodes.has(node));
  }

  async close(): Promise<void> {
    clearTimeout(this.#timer);
    if (this.#link.status === "down") return;
    try {
      await this.#link.run("say goodbye", async () => {
        const { streams } = await this.#manage();
        await Promise.all([
          this.#purge(this.#subjects.recordsOf(this.#node)),
          streams.purge(this.#streams.leases, { filter: this.#subjects.lease(this.#node) }),
        ]);
      });
    } catch {
      // The lease ends it.
    }
  }

  /** Removes the records of a node that is gone; what it writes when it comes back has higher numbers. */
  #forget(manager: JetStreamManager, node: string, seq: number): void {
    const filter = this.#subjects.recordsOf(node);
    manager.streams.purge(this.#streams.records, { filter, seq: seq + 1 }).catch(() => {});
  }

  async #renew(): Promise<void> {
    clearTimeout(this.#timer);
    await this.#publish(this.#subjects.lease(this.#node), Empty, this.#streams.leases);
    this.#renewed = performance.now();
    this.#timer = setTimeout(() => void this.#renewInTime(), this.#options.leaseMs / 3);
    this.#timer.unref();
  }

  async #renewInTime(): Promise<void> {
    if (this.#link.status === "down") return;
    // Nobody counted us as alive for a while, and our records may have been removed: as after any other break.
    if (performance.now() - this.#renewed > this.#options.leaseMs) {
      const reason = "this process was busy for longer than leaseMs";
      this.#link.suspect(new EngineError("ENGINE_DOWN", `Cannot stay present: ${reason}`));
      return;
    }
    try {
      await this.#link.run("renew the lease", () => this.#renew());
    } catch (error) {
      this.#link.suspect(error as Error);
    }
  }

  async #publish(
    subject: string,
    data: Uint8Array,
    stream: string,
    headers?: ReturnType<typeof recordHeaders>,
  ): Promise<void> {
    const timeout = this.#options.requestTimeoutMs;
    const client = jetstream(this.#link.connection, { timeout });
    await client.publish(subject, data, {
      expect: { streamName: stream },
      ...(headers === undefined ? {} : { headers }),
    });
  }

  async #purge(filter: string): Promise<void> {
    const { streams } = await this.#manage();
    await streams.purge(this.#streams.records, { filter });
  }

  #manage(): Promise<JetStreamManager> {
    this.#manager ??= jetstreamManager(this.#link.connection, {
      checkAPI: false,
      timeout: this.#options.requestTimeoutMs,
    });
    return this.#manager;
  }

  async #ensure(
    streams: JetStreamManager["streams"],
    name: string,
    subjects: string,
    maxAgeMs: number,
  ): Promise<void> {
    const config = {
      name,
      subjects: [subjects],
      description: "Who is in which room",
      retention: RetentionPolicy.Limits,
      discard: DiscardPolicy.Old,
      // Whoever is there enters again when it is lost.
      storage: StorageType.Memory,
      num_replicas: this.#options.replicas,
      max_msgs_per_subject: 1,
      max_age: nanos(maxAgeMs === 0 ? 0 : Math.max(maxAgeMs, 100)),
      duplicate_window: nanos(100),
    } satisfies Partial<StreamConfig>;
    await ensureStream(streams, config);
  }
}
