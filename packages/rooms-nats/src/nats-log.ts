// The engine: rooms through NATS, with JetStream for history or without. Puts the parts together and looks after listeners.
import { type Msg, type Subscription } from "@nats-io/transport-node";
import {
  type Appended,
  EngineError,
  type EngineListener,
  type EngineStatus,
  type NewEntry,
  type PresenceRecord,
  type ReadRange,
  type RoomListener,
  type RoomListening,
  type RoomLog,
  type RoomPage,
} from "@ws/rooms";
import { checkEntries, checkRange, checkRoom, randomName, reportUncaught } from "@ws/rooms/engine";
import { CorePresence } from "./core-presence.ts";
import { CoreRooms } from "./core-rooms.ts";
import { NatsLink } from "./nats-link.ts";
import {
  type NatsLogOptions,
  type ResolvedNatsLogOptions,
  resolveNatsLogOptions,
} from "./nats-log-options.ts";
import type { Presence } from "./presence.ts";
import { StreamPresence } from "./stream-presence.ts";
import { StreamRooms } from "./stream-rooms.ts";
import { Subjects } from "./subjects.ts";

/** A room that is listened to. */
interface Listened {
  readonly listener: RoomListener;
  readonly subscription: Subscription;
}

/**
 * A `RoomLog` through NATS (server 2.9 and up).
 *
 * With JetStream, history survives the server when its storage is `"file"`, and the loss of one server when there are `replicas`; an
 * entry is acknowledged when the stream has it. Without it (`jetStream: false`) messages reach who listens, and nothing else.
 *
 * @example
 * ```ts
 * const log = await NatsLog.connect({ connection: { servers: "nats://127.0.0.1:4222" } });
 * ```
 */
export class NatsLog implements RoomLog {
  readonly node: string;
  readonly isDurable: boolean;
  readonly #link: NatsLink;
  readonly #subjects: Subjects;
  readonly #rooms: StreamRooms | CoreRooms;
  readonly #presence: Presence;
  readonly #listened = new Map<string, Listened>();
  #closing: Promise<void> | undefined;

  private constructor(link: NatsLink, node: string, options: ResolvedNatsLogOptions) {
    this.node = node;
    this.isDurable = options.jetStream;
    this.#link = link;
    this.#subjects = new Subjects(options.prefix, options.shards);
    if (options.jetStream) {
      this.#rooms = new StreamRooms(link, options, this.#subjects);
      this.#presence = new StreamPresence(link, node, options, this.#subjects);
    } else {
      this.#rooms = new CoreRooms(link, node, this.#subjects);
      this.#presence = new CorePresence(link, node, options, this.#subjects);
    }
  }

  /**
   * Connects, makes the streams that are missing, and resolves with an engine that is up; or, where no server can be reached, with
   * one that is down. It comes up by itself, however often and however long the server is away.
   *
   * @throws EngineError where the server does not let us in, or has no JetStream; TypeError and RangeError for options
   */
  static async connect(options: NatsLogOptions = {}): Promise<NatsLog> {
    const resolved = resolveNatsLogOptions(options);
    const node = randomName();
    const link = new NatsLink(resolved, `rooms ${node}`);
    const log = new NatsLog(link, node, resolved);
    await link.start(async () => {
      await log.#rooms.refresh();
      await log.#presence.refresh();
    });
    return log;
  }

  get status(): EngineStatus {
    return this.#link.status;
  }

  watch(listener: EngineListener): () => void {
    return this.#link.listeners.add(listener);
  }

  async append(room: string, entries: readonly NewEntry[]): Promise<readonly Appended[]> {
    checkRoom(room);
    checkEntries(entries);
    return this.#link.run("append", () => this.#rooms.append(room, entries));
  }

  async read(room: string, range: ReadRange): Promise<RoomPage> {
    checkRoom(room);
    checkRange(range);
    return this.#link.run("read", () => this.#rooms.read(room, range));
  }

  async listen(room: string, listener: RoomListener): Promise<RoomListening> {
    checkRoom(room);
    if (this.#listened.has(room)) {
      throw new RangeError(`Cannot listen to room ${JSON.stringify(room)}: somebody of this engine does`);
    }
    const listened = await this.#link.run("listen", async () => {
      if (this.#rooms instanceof CoreRooms) this.#rooms.listen(room);
      const subscription = this.#link.connection.subscribe(this.#subjects.heard(room), {
        callback: (error, message) => {
          if (error === null) this.#hear(room, listener, message);
          else this.#link.listeners.fault(error);
        },
      });
      const made = { listener, subscription };
      this.#listened.set(room, made);
      return made;
    });
    const close = (): Promise<void> => {
      if (this.#listened.get(room) === listened) {
        this.#listened.delete(room);
        if (this.#rooms instanceof CoreRooms) this.#rooms.leave(room);
        listened.subscription.unsubscribe();
      }
      return Promise.resolve();
    };
    try {
      // The server answers in order: when it does it has subscribed us.
      await this.#link.run("listen", () => this.#link.connection.flush());
    } catch (error) {
      await close();
      throw error;
    }
    return { close };
  }

  async announce(room: string, data: Uint8Array): Promise<void> {
    checkRoom(room);
    await this.#link.run("announce", () => {
      this.#link.connection.publish(this.#subjects.announcements(room), data);
      // Until the server has it: whoever listens after that must not hear it.
      return this.#link.connection.flush();
    });
  }

  async enter(room: string, person: string, data: Uint8Array): Promise<void> {
    checkRoom(room);
    await this.#link.run("enter", () => this.#presence.enter(room, person, data));
  }

  async exit(room: string, person: string): Promise<void> {
    checkRoom(room);
    await this.#link.run("exit", () => this.#presence.exit(room, person));
  }

  async present(room: string): Promise<readonly PresenceRecord[]> {
    checkRoom(room);
    return this.#link.run("tell who is present", () => this.#presence.present(room));
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #close(): Promise<void> {
    this.#listened.clear();
    await this.#presence.close();
    await this.#link.close();
  }

  #hear(room: string, listener: RoomListener, { subject, headers, data }: Msg): void {
    if (this.#listened.get(room)?.listener !== listener) return;
    try {
      if (subject === this.#subjects.announcements(room)) {
        listener.onAnnouncement(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
        return;
      }
      const entry =
        subject === this.#subjects.live(room) ? this.#rooms.decodeLive(room, headers, data) : undefined;
      if (entry === undefined) this.#link.listeners.fault(unreadable(room));
      else listener.onEntry(entry);
    } catch (error) {
      reportUncaught(error);
    }
  }
}

function unreadable(room: string): EngineError {
  const what = `what was heard in room ${JSON.stringify(room)}`;
  return new EngineError("ENGINE_FAULT", `Cannot read ${what}: no node has published it`);
}
