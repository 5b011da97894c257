// One stream of JetStream, which many rooms share: finds it or makes it, knows it by name, and does with it what is asked.
//
// The name ends with a random part, which is what the epochs of its rooms are made of. JetStream refuses two streams for one
// subject, so there is one of them at a time, whoever makes it; and it checks the name at every publish, tells it with every
// acknowledgement and with every message, so no number can ever be taken for one of another stream's.
import { createHash } from "node:crypto";
import {
  DiscardPolicy,
  type JetStreamClient,
  type JetStreamManager,
  type JetStreamPublishOptions,
  jetstream,
  jetstreamManager,
  type LastForMsgRequest,
  type MsgRequest,
  type NextMsgRequest,
  type PubAck,
  RetentionPolicy,
  type StorageType,
  type StoredMsg,
  type StreamConfig,
  type StreamState,
} from "@nats-io/jetstream";
import { type MsgHdrs, type NatsConnection, nanos } from "@nats-io/transport-node";
import { EngineError } from "@ws/rooms";
import { randomName } from "@ws/rooms/engine";
import { isStreamGone } from "./engine-error.ts";
import { token } from "./subjects.ts";

/** JetStream takes no shorter times. */
const MIN_AGE_MS = 100;

export interface RoomStreamOptions {
  readonly name: string;
  /** What it takes in, and where it tells what it took in. */
  readonly subjects: string;
  readonly relayed: string;
  readonly storage: StorageType;
  readonly replicas: number;
  readonly maxBytes: number;
  /** After this a message is removed, in ms, and may be the last of its room; 0 for never. */
  readonly forgetMs: number;
  readonly dedupeMs: number;
  readonly timeoutMs: number;
}

export class RoomStream {
  readonly #connection: NatsConnection;
  readonly #options: RoomStreamOptions;
  readonly #client: JetStreamClient;
  #manager: Promise<JetStreamManager> | undefined;
  #name: Promise<string> | undefined;

  constructor(connection: NatsConnection, options: RoomStreamOptions) {
    this.#connection = connection;
    this.#options = options;
    this.#client = jetstream(connection, { timeout: options.timeoutMs });
  }

  /** Forgets which stream it is: it may have become another one. */
  forget(): void {
    this.#name = undefined;
  }

  /** Does something with the stream, once more where it turns out to be another one by now. */
  async use<Result>(operation: (name: string) => Promise<Result>): Promise<Result> {
    try {
      return await operation(await this.#find());
    } catch (error) {
      if (!isStreamGone(error)) throw error;
      this.forget();
      return operation(await this.#find());
    }
  }

  /** The epoch of a room: other rooms have others, other streams have others. */
  epochOf(name: string, room: string): string {
    return createHash("sha256")
      .update(`${name} ${token(room)}`)
      .digest("base64url")
      .slice(0, 32);
  }

  /** Whether a stream of this name could be this one. */
  isName(name: string): boolean {
    return (
      name.startsWith(`${this.#options.name}-`) &&
      /^[0-9a-f]{32}$/.test(name.slice(this.#options.name.length + 1))
    );
  }

  publish(
    name: string,
    subject: string,
    data: Uint8Array,
    headers: MsgHdrs,
    expect: JetStreamPublishOptions["expect"] = {},
  ): Promise<PubAck> {
    return this.#client.publish(subject, data, { headers, expect: { ...expect, streamName: name } });
  }

  /** The newest message of a subject. */
  async newest(name: string, subject: string): Promise<StoredMsg | null> {
    return this.#get(name, { last_by_subj: subject });
  }

  /** The first message of a subject from a number on. */
  async next(name: string, subject: string, seq: number): Promise<StoredMsg | null> {
    return this.#get(name, { seq, next_by_subj: subject });
  }

  async state(name: string, subject?: string): Promise<StreamState> {
    const manager = await this.#manage();
    return (await manager.streams.info(name, subject === undefined ? {} : { subjects_filter: subject }))
      .state;
  }

  /** Removes what a subject has below a number. */
  async purge(name: string, subject: string, seq: number): Promise<void> {
    const manager = await this.#manage();
    await manager.streams.purge(name, { filter: subject, seq });
  }

  async #get(name: string, query: LastForMsgRequest | NextMsgRequest): Promise<StoredMsg | null> {
    const { streams } = await this.#manage();
    // Of the leader, which has all that was acknowledged. Direct requests are faster, but any replica answers them, also one
    // that is behind, and nobody where the stream is just being made or is gone. The type does not know of `next_by_subj`.
    return streams.getMessage(name, query as MsgRequest);
  }

  manager(): Promise<JetStreamManager> {
    return this.#manage();
  }

  #manage(): Promise<JetStreamManager> {
    this.#manager ??= jetstreamManager(this.#connection, {
      checkAPI: false,
      timeout: this.#options.timeoutMs,
    });
    return this.#manager;
  }

  #find(): Promise<string> {
    if (this.#name === undefined) {
      const name = this.#findOrMake();
      this.#name = name;
      name.catch(() => {
        if (this.#name === name) this.#name = undefined;
      });
    }
    return this.#name;
  }

  async #findOrMake(): Promise<string> {
    const { streams } = await this.#manage();
    const found = await this.#lookUp(streams);
    if (found !== undefined) return this.#update(streams, found);
    const name = `${this.#options.name}-${randomName()}`;
    try {
      await streams.add(this.#configOf(name));
      return name;
    } catch (error) {
      // Another node was faster, and the subjects are its stream's.
      const theirs = await this.#lookUp(streams);
      if (theirs === undefined) throw error;
      return theirs;
    }
  }

  async #lookUp(streams: JetStreamManager["streams"]): Promise<string | undefined> {
    let name: string;
    try {
      name = await streams.find(this.#options.subjects);
    } catch (error) {
      if (isStreamGone(error)) return undefined;
      throw error;
    }
    if (this.isName(name)) return name;
    throw new EngineError(
      "ENGINE_FAULT",
      `Cannot use ${this.#options.subjects}: the stream ${name} takes it in, and is none of ours`,
    );
  }

  /** Whoever comes last decides what is kept. */
  async #update(streams: JetStreamManager["streams"], name: string): Promise<string> {
    const wanted = this.#configOf(name);
    const { config } = await streams.info(name);
    const isSame = (
      ["max_msgs_per_subject", "max_age", "max_bytes", "duplicate_window", "num_replicas"] as const
    ).every((key) => config[key] === wanted[key]);
    if (!isSame) {
      const update: Partial<StreamConfig> = { ...config, ...wanted, storage: config.storage };
      await streams.update(name, update);
    }
    return name;
  }

  #configOf(name: string): StreamConfig & { name: string } {
    const { subjects, relayed, storage, replicas, maxBytes, forgetMs, dedupeMs } = this.#options;
    return {
      name,
      subjects: [subjects],
      description: "History of rooms",
      retention: RetentionPolicy.Limits,
      discard: DiscardPolicy.Old,
      storage,
      num_replicas: replicas,
      // It would take from the newest too, and forget their ids with the next restart.
      max_msgs_per_subject: -1,
      max_bytes: maxBytes,
      max_age: forgetMs === 0 ? 0 : nanos(Math.max(forgetMs, dedupeMs, MIN_AGE_MS)),
      duplicate_window: nanos(Math.max(dedupeMs, MIN_AGE_MS)),
      // To whoever listens, each with its number and the number before it in its room.
      republish: { src: subjects, dest: relayed },
    } as StreamConfig & { name: string };
  }
}
