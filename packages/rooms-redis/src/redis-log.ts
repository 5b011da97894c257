// The engine on Redis: what a `RoomLog` promises, put together from the parts. Knows no sockets and no Lua.
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
import { checkEntries, checkRange, checkRoom, EngineListeners, randomName } from "@ws/rooms/engine";
import { APPEND_SCRIPT, appendArguments, entryArguments, parseAppended } from "./append-script.ts";
import { engineError, isDemoted, isElsewhere } from "./failure.ts";
import { Hearing } from "./hearing.ts";
import { encodeAnnouncement } from "./notification.ts";
import { type RedisLogOptions, resolveOptions, type ResolvedRedisLogOptions } from "./options.ts";
import { Presence } from "./presence.ts";
import { readPage } from "./read-page.ts";
import { type RoomNames, roomNames } from "./room-names.ts";
import { keyArguments, type StateArguments, stateArguments } from "./room-state.ts";
import type { Server } from "./server.ts";
import { Servers } from "./servers.ts";
import { type Subscription, Subscriptions } from "./subscriptions.ts";

/** How often an operation looks for its server when it finds that it moved. */
const MAX_MOVES = 3;

/**
 * An engine on Redis: one server (6.2 or newer) or a Cluster (7 or newer), which it finds out by itself. What it guarantees
 * depends on how Redis is set up: the README has the table.
 *
 * It begins to connect when it is made, and comes back whenever it is lost. Operations before the first attempt has settled wait
 * for it; while the engine is down they reject at once.
 *
 * @example
 * ```ts
 * const log = new RedisLog({ url: "redis://127.0.0.1:6379" });
 * await log.append("lobby", [{ id: "ann:1", data: new Uint8Array([1, 2, 3]) }]);
 * const { entries } = await log.read("lobby", { after: 0, limit: 10 });
 * ```
 */
export class RedisLog implements RoomLog {
  readonly node: string = randomName();
  readonly isDurable = true;
  readonly #options: ResolvedRedisLogOptions;
  readonly #engineListeners = new EngineListeners("down");
  readonly #subscriptions = new Subscriptions();
  readonly #hearing: Hearing;
  readonly #presence: Presence;
  readonly #servers: Servers;
  #closing: Promise<void> | undefined;

  /** @throws TypeError for an option of the wrong kind; RangeError for a number out of its range */
  constructor(options: RedisLogOptions = {}) {
    this.#options = resolveOptions(options);
    const { seeds, link, prefix, leaseMs, forgetMs, keepsAcknowledged, pingIntervalMs, maxReconnectDelayMs } =
      this.#options;
    this.#hearing = new Hearing(this.#subscriptions, this.#options.maxEntryBytes, {
      read: (room, range) => this.read(room, range),
      onUnread: (error) => {
        // Whoever listens hears that it was up again, and reads.
        if (this.#closing === undefined) this.#servers.renew(error);
      },
      onFault: (what, reason) => this.#fault(what, reason),
    });
    this.#presence = new Presence(
      { node: this.node, prefix, leaseMs, forgetMs },
      {
        call: (slot, command, args) => this.#servers.get(slot).call(command, args),
        evaluate: (slot, script, keys, args) => this.#servers.get(slot).evaluate(script, keys, args),
      },
      (error) => this.#servers.renew(error),
    );
    this.#servers = new Servers(
      { seeds, link, keepsAcknowledged, pingIntervalMs, maxReconnectDelayMs },
      {
        prepare: async () => {
          await this.#subscriptions.restore((slot) => this.#servers.get(slot));
          await this.#presence.takeLease();
        },
        onMessage: (channel, payload) => this.#hearing.take(channel, payload),
        onUp: () => this.#engineListeners.setStatus("up"),
        onDown: (error) => {
          this.#subscriptions.forget();
          this.#engineListeners.setStatus("down", error);
        },
      },
    );
  }

  get status(): EngineStatus {
    return this.#engineListeners.status;
  }

  watch(listener: EngineListener): () => void {
    return this.#engineListeners.add(listener);
  }

  /** An append that rejects because the link was lost or Redis took too long may have taken effect nevertheless. */
  async append(room: string, entries: readonly NewEntry[]): Promise<readonly Appended[]> {
    const names = this.#names("append", room);
    checkEntries(entries);
    const { maxEntryBytes, dedupeMs, maxNotifiedBytes } = this.#options;
    const tooLarge = entries.find(({ data }) => data.length > maxEntryBytes);
    if (tooLarge !== undefined) {
      throw new RangeError(
        `Cannot append an entry of ${tooLarge.data.length} bytes: maxEntryBytes is ${maxEntryBytes}`,
      );
    }
    if (entries.length === 0) return [];
    const state = this.#state(room);
    const reply = await this.#on("append", names.slot, (server) =>
      server.evaluate(APPEND_SCRIPT, keyArguments(names.keys), [
        ...stateArguments(state, server),
        ...appendArguments({
          dedupeMs,
          publish: server.isCluster ? "SPUBLISH" : "PUBLISH",
          channel: names.channel,
          maxNotifiedBytes,
        }),
        ...entryArguments(entries),
      ]),
    );
    const { appended, removed } = parseAppended(reply, entries.length);
    if (removed > 0) {
      this.#fault(
        `${removed} entries of room ${JSON.stringify(room)}`,
        "they stood where ours had to, and were removed",
      );
    }
    return appended;
  }

  async read(room: string, range: ReadRange): Promise<RoomPage> {
    const names = this.#names("read", room);
    checkRange(range);
    const state = this.#state(room);
    return readPage(range, this.#options.maxEntryBytes, {
      evaluate: (script, args) =>
        this.#on("read", names.slot, (server) =>
          server.evaluate(script, keyArguments(names.keys), [...stateArguments(state, server), ...args]),
        ),
      onFault: (reason) => this.#fault(`an entry of room ${JSON.stringify(room)}`, reason),
    });
  }

  async listen(room: string, listener: RoomListener): Promise<RoomListening> {
    const names = this.#names("listen", room);
    const subscription = this.#subscriptions.add(room, names, listener);
    try {
      await this.#on("listen", names.slot, async (server) => {
        await server.subscribe([names.channel]);
        subscription.server = server;
      });
    } catch (error) {
      this.#subscriptions.remove(subscription);
      throw error;
    }
    return { close: () => this.#unlisten(subscription) };
  }

  async announce(room: string, data: Uint8Array): Promise<void> {
    const names = this.#names("announce", room);
    await this.#on("announce", names.slot, (server) =>
      server.call(server.isCluster ? "SPUBLISH" : "PUBLISH", [names.channel, encodeAnnouncement(data)]),
    );
  }

  async enter(room: string, person: string, data: Uint8Array): Promise<void> {
    const names = this.#names("enter", room);
    await this.#on("enter", names.slot, () => this.#presence.enter(names, person, data));
  }

  async exit(room: string, person: string): Promise<void> {
    const names = this.#names("exit", room);
    await this.#on("exit", names.slot, () => this.#presence.exit(names, person));
  }

  async present(room: string): Promise<readonly PresenceRecord[]> {
    const names = this.#names("tell who is present", room);
    const onFault = (reason: string): void => this.#fault(`presence in room ${JSON.stringify(room)}`, reason);
    return this.#on("tell who is present", names.slot, () =>
      this.#presence.present(names, this.#options.maxEntryBytes, onFault),
    );
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #close(): Promise<void> {
    this.#engineListeners.clear();
    this.#subscriptions.clear();
    try {
      await this.#presence.giveUp();
    } catch {
      // It is down: the lease expires.
    }
    await this.#servers.close();
  }

  #names(action: string, room: string): RoomNames {
    this.#checkOpen(action);
    checkRoom(room);
    return roomNames(this.#options.prefix, room);
  }

  #checkOpen(action: string): void {
    if (this.#closing !== undefined)
      throw new EngineError("ENGINE_CLOSED", `Cannot ${action}: the engine is closed`);
  }

  #state(room: string): StateArguments {
    const { retentionOf, forgetMs } = this.#options;
    return { ...retentionOf(room), epoch: randomName(), forgetMs, room };
  }

  /** Does something on the server of a slot, and where that is another one now, on that. */
  async #on<Result>(
    action: string,
    slot: number,
    what: (server: Server) => Promise<Result>,
  ): Promise<Result> {
    for (let moves = 0; ; moves++) {
      let server: Server | undefined;
      try {
        server = await this.#servers.find(slot);
        return await what(server);
      } catch (error) {
        this.#checkOpen(action);
        if (!isElsewhere(error)) throw engineError(action, error);
        if (isDemoted(error)) server?.fail(error);
        this.#servers.renew(error);
        if (moves === MAX_MOVES) throw engineError(action, error);
      }
    }
  }

  async #unlisten(subscription: Subscription): Promise<void> {
    if (!this.#subscriptions.has(subscription)) return;
    this.#subscriptions.remove(subscription);
    // Where the link is lost nothing is heard any more anyhow.
    await subscription.server?.unsubscribe([subscription.names.channel]).catch(() => {});
  }

  #fault(what: string, reason: string): void {
    this.#engineListeners.fault(new EngineError("ENGINE_FAULT", `Cannot use ${what}: ${reason}`));
  }
}
