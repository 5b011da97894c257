// The rooms of this process that somebody follows: each is listened to once, however many follow it, from the first that comes
// to the last that goes.
import { MAX_TIMER_MS, numberOption } from "../number-option.ts";
import { EngineError, type ReadRange, type RoomLog, type RoomPage } from "../room-log.ts";
import type { Follower, Following } from "./follower.ts";
import { ReadGate } from "./read-gate.ts";
import { type FeedContext, RoomFeed } from "./room-feed.ts";

/** Options of {@link RoomFeeds}. */
export interface RoomFeedsOptions {
  /** Entries with more data than this are skipped and reported. Default: 16 MiB. */
  readonly maxEntryBytes?: number;
  /** Reads of the log that may be under way at once, of all rooms, and of `read`. Default: 16. */
  readonly maxReads?: number;
  /**
   * How often a room that is quiet is looked at, in ms: an engine may lose the last entry of a room without noticing, and nothing
   * behind it tells. Costs one read for each such room; 0 never looks. Default: 30 seconds.
   */
  readonly checkMs?: number;
  /** Something in the engine was not as it should be, and was skipped. */
  readonly onFault?: (error: Error) => void;
}

interface Room {
  readonly feed: RoomFeed;
  readonly opened: Promise<void>;
}

/**
 * Follows rooms of an engine; what it is given is ordered, without holes, and each entry comes once. Does not close the engine.
 *
 * @example
 * ```ts
 * const feeds = new RoomFeeds(log);
 * const { stop } = await feeds.follow("lobby", {
 *   onStart: ({ seq }) => console.log("from", seq),
 *   onEntry: ({ seq, data }) => console.log(seq, data),
 *   onAnnouncement: (data) => console.log(data),
 *   onGap: ({ seq }) => console.log("lost what lies before", seq + 1),
 * });
 * ```
 */
export class RoomFeeds {
  readonly #context: FeedContext;
  readonly #rooms = new Map<string, Room>();
  /** Listenings that are about to end: a room is not listened to anew before. */
  readonly #ending = new Map<string, Promise<void>>();
  readonly #stopWatching: () => void;
  #timer: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(log: RoomLog, options: RoomFeedsOptions = {}) {
    this.#context = {
      log,
      gate: new ReadGate(numberOption(options, "maxReads", 16, undefined, 1)),
      maxEntryBytes: numberOption(options, "maxEntryBytes", 16 * 1024 * 1024),
      onFault: options.onFault ?? (() => {}),
    };
    this.#stopWatching = log.watch({
      onStatus: (status) => {
        if (status === "up") for (const { feed } of this.#rooms.values()) feed.catchUp();
      },
    });
    const checkMs = numberOption(options, "checkMs", 30_000, MAX_TIMER_MS);
    if (checkMs > 0) this.#timer = setInterval(() => this.#check(), checkMs).unref();
  }

  /** How many rooms are listened to. */
  get size(): number {
    return this.#rooms.size;
  }

  /**
   * Follows a room, from its end on: the follower is told where that is, and then everything that comes behind it.
   *
   * @throws EngineError where the engine is down, or these are closed
   */
  async follow(room: string, follower: Follower): Promise<Following> {
    for (;;) {
      if (this.#isClosed)
        throw new EngineError("ENGINE_CLOSED", "Cannot follow a room: its feeds are closed");
      const { feed, opened } = this.#rooms.get(room) ?? this.#open(room);
      await opened;
      // Whoever else waited for it may have come and gone meanwhile.
      if (!feed.isClosed) return feed.add(follower);
    }
  }

  /**
   * Reads the log in turn with the feeds, so that all of a process do not ask the engine for more than `maxReads` at once.
   *
   * @param signal gives the place up, as long as the read has not begun
   * @throws EngineError where the engine is down; the reason of `signal`
   */
  read(room: string, range: ReadRange, signal?: AbortSignal): Promise<RoomPage> {
    const { gate, log } = this.#context;
    return gate.run(() => log.read(room, range), signal);
  }

  /** Ends all feeds; the engine goes on. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#stopWatching();
    clearInterval(this.#timer);
    const rooms = [...this.#rooms];
    for (const [room, { feed }] of rooms) this.#end(room, feed);
    // Whoever was about to begin to listen ends that when it has begun.
    await Promise.allSettled(rooms.map(([, { opened }]) => opened));
    await Promise.all(this.#ending.values());
  }

  #check(): void {
    for (const { feed } of this.#rooms.values()) feed.checkIfQuiet();
  }

  #open(room: string): Room {
    const feed = new RoomFeed(room, this.#context, () => this.#end(room, feed));
    const opened = this.#openAfterLast(room, feed);
    const entry = { feed, opened };
    this.#rooms.set(room, entry);
    return entry;
  }

  async #openAfterLast(room: string, feed: RoomFeed): Promise<void> {
    await this.#ending.get(room);
    try {
      await feed.open();
    } catch (error) {
      this.#end(room, feed);
      throw error;
    }
    if (this.#isClosed) this.#end(room, feed);
  }

  #end(room: string, feed: RoomFeed): void {
    if (this.#rooms.get(room)?.feed === feed) this.#rooms.delete(room);
    const ending = this.#close(feed);
    this.#ending.set(room, ending);
    void this.#forget(room, ending);
  }

  async #close(feed: RoomFeed): Promise<void> {
    try {
      await feed.close();
    } catch (error) {
      // Where the engine is down there is nothing to end; where it is not, what is heard finds nobody.
      this.#context.onFault(error as Error);
    }
  }

  async #forget(room: string, ending: Promise<void>): Promise<void> {
    await ending;
    if (this.#ending.get(room) === ending) this.#ending.delete(room);
  }
}
