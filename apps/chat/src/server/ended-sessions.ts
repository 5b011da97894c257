// Sessions that were left before their time, on all nodes: their cookies are worth nothing any more. Each is an entry in a room of
// the engine that is kept as long as a session can last; every node follows it from its beginning.
import { EventEmitter } from "node:events";
import { RoomFeeds, type RoomEntry, type RoomLog } from "@ws/rooms";
import { ENDED_SESSIONS } from "./engine.ts";
import { isPersonKey } from "../shared/person.ts";

const PAGE = 1000;
/** As many as the engine keeps; of more the oldest are forgotten. */
const MAX_KEYS = 100_000;
const RETRY_MS = 1000;
const NOTHING = new Uint8Array();

export class EndedSessions {
  readonly #log: RoomLog;
  readonly #feeds: RoomFeeds;
  readonly #keys = new Set<string>();
  /** Those that the engine was not told yet. */
  readonly #owed = new Set<string>();
  readonly #listeners = new EventEmitter<{ end: [personKey: string] }>();
  readonly #unwatch: () => void;
  #following: Promise<void> | undefined;
  #isKnown = false;
  #isClosed = false;

  constructor(log: RoomLog) {
    this.#log = log;
    this.#feeds = new RoomFeeds(log);
    this.#listeners.setMaxListeners(0);
    this.#unwatch = log.watch({ onStatus: (status) => status === "up" && void this.#tellOwed() });
  }

  /** Whether all are known that ended before this process began. Until then nobody is let in. */
  get isKnown(): boolean {
    return this.#isKnown;
  }

  /** Learns of those before; where the engine is down it tries until it is up. */
  async start(): Promise<void> {
    if (this.#isClosed || this.#isKnown) return;
    this.#following ??= this.#follow().catch(() => {
      this.#following = undefined;
      setTimeout(() => void this.start(), RETRY_MS).unref();
    });
    await this.#following;
  }

  has(personKey: string): boolean {
    return this.#keys.has(personKey);
  }

  /** Ends a session: here at once, elsewhere as soon as they hear of it. */
  async end(personKey: string): Promise<void> {
    this.#add(personKey);
    this.#owed.add(personKey);
    await this.#tellOwed();
  }

  /** @returns what ends it */
  onEnd(listener: (personKey: string) => void): () => void {
    this.#listeners.on("end", listener);
    return () => this.#listeners.off("end", listener);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#unwatch();
    await this.#feeds.close();
  }

  async #follow(): Promise<void> {
    let start = 0;
    const { stop } = await this.#feeds.follow(ENDED_SESSIONS, {
      onStart: ({ seq }) => (start = seq),
      onEntry: (entry) => this.#onEntry(entry),
      onAnnouncement: () => {},
      // What was lost with the engine's memory cannot be known any more.
      onGap: () => {},
    });
    try {
      let after = 0;
      while (after < start) {
        const { entries } = await this.#log.read(ENDED_SESSIONS, { after, limit: PAGE });
        for (const entry of entries) this.#onEntry(entry);
        after = entries.at(-1)?.seq ?? start;
      }
      this.#isKnown = true;
    } catch (error) {
      stop();
      throw error;
    }
  }

  #onEntry({ id }: RoomEntry): void {
    if (isPersonKey(id)) this.#add(id);
  }

  #add(personKey: string): void {
    if (this.#keys.has(personKey)) return;
    this.#keys.add(personKey);
    for (const oldest of this.#keys) {
      if (this.#keys.size <= MAX_KEYS) break;
      this.#keys.delete(oldest);
    }
    this.#listeners.emit("end", personKey);
  }

  async #tellOwed(): Promise<void> {
    for (const id of [...this.#owed]) {
      try {
        await this.#log.append(ENDED_SESSIONS, [{ id, data: NOTHING }]);
        this.#owed.delete(id);
      } catch {
        // The engine is down: it is told when it is up.
        return;
      }
    }
  }
}
