// The rooms of this process that somebody follows: each is listened to once, however many follow it, from the first that comes
// to the last that goes.
import { numberOption } from "../number-option.ts";
import { EngineError, type RoomLog } from "../room-log.ts";
import type { Follower, Following } from "./follower.ts";
import { ReadGate } from "./read-gate.ts";
import { type FeedContext, RoomFeed } from "./room-feed.ts";

/** Options of {@link RoomFeeds}. */
export interface RoomFeedsOptions {
  /** Entries with more data than this are skipped and reported. Default: 16 MiB. */
  readonly maxEntryBytes?: number;
  /** Reads of the log that may be under way at once, in all rooms. Default: 16. */
  readonly maxReads?: number;
  /** Something in the engine was not as it should be, and was skipped. */
  readonly onFault?: (error: Error) => void;
}

interface Room {
  readonly feed: RoomFeed;
  readonly opened: Promise<void>;
}

export class RoomFeeds {
  readonly #context: FeedContext;
  readonly #rooms = new Map<string, Room>();
  /** Listenings that are about to end: a room is not listened to anew before. */
  readonly #ending = new Map<string, Promise<void>>();
  readonly #stopWatching: () => void;
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
  }

  /** How many rooms are listened to. */
  get size(): number {
    return this.#rooms.size;
  }

  /**
   * Follows a room, from its end on. Everything behind the position that comes back is told, from the moment on in which this
   * resolves; what lies before it can be read.
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

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#stopWatching();
    for (const [room, { feed }] of [...this.#rooms]) this.#end(room, feed);
    await Promise.all(this.#ending.values());
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
    const ending = feed
      .close()
      // Where the engine is down there is nothing to end; where it is not, what is heard finds nobody.
      .catch(this.#context.onFault)
      .then(() => {
        if (this.#ending.get(room) === ending) this.#ending.delete(room);
      });
    this.#ending.set(room, ending);
  }
}
