// The server half of typed rooms: connections on one side, an engine on the other, the application's functions in between.
import type { RoomsDefinition, RoomsProtocol } from "../definition/define-rooms.ts";
import type {
  AnswerInput,
  AskedOutput,
  DirectName,
  DirectOutput,
  EventInput,
  EventName,
  KindOf,
  PresenceInput,
  RequestName,
  RoomName,
  SignalInput,
  SignalName,
} from "../definition/names-of.ts";
import { reportUncaught } from "../engine/report-uncaught.ts";
import { RoomFeeds } from "../feed/room-feeds.ts";
import { MemoryLog } from "../memory-log.ts";
import type { Appended, EngineStatus, RoomLog } from "../room-log.ts";
import { Rooms } from "../rooms.ts";
import { readPresence } from "../wire/message-shapes.ts";
import type { Subprotocol } from "../wire/messages.ts";
import { isName } from "../wire/names.ts";
import { assertAllowed } from "./authorization.ts";
import { frameFor, LocalRoom } from "./local-room.ts";
import type { AnyPeer, PeerHost } from "./peer-host.ts";
import { PeerSession } from "./peer-session.ts";
import type { Peer, PeerInfo } from "./peer.ts";
import { People } from "./people.ts";
import { PresenceSync } from "./presence-sync.ts";
import { type PublishOptions, RoomPublisher } from "./publisher.ts";
import type { ConnectionMiddleware, MessageMiddleware, RoomServerOptions } from "./room-server-options.ts";
import type { RoomSocket } from "./room-socket.ts";
import { RoomTable } from "./room-table.ts";
import { resolveServerLimits } from "./server-limits.ts";
import { warnOnce } from "./warn-once.ts";

/** What a handler of requests is told besides. */
export interface RequestInfo {
  /** Aborted when the client has gone. */
  readonly signal: AbortSignal;
}

/**
 * Rooms for clients that speak `rooms.v1`, on this process and on all others with the same engine.
 *
 * @example
 * ```ts
 * const hub = new RoomServer(protocol, { authorize: (action, peer, room) => mayUse(peer.context, room) });
 * const server = new WebSocketServer({ port: 8080, protocols: [hub.subprotocol], authenticate });
 * server.on("connection", (connection, _request, { context }) => hub.attach(connection, { person: context.name, context }));
 * ```
 */
export class RoomServer<
  const Definition extends RoomsDefinition,
  Context = undefined,
> implements AsyncDisposable {
  /** The name to agree on in the handshake. */
  readonly subprotocol: Subprotocol = "rooms.v1";
  /** The engine: of the options, or one in memory. */
  readonly log: RoomLog;

  readonly #options: RoomServerOptions<Definition, Context>;
  readonly #host: PeerHost;
  readonly #publisher: RoomPublisher<Definition>;
  readonly #feeds: RoomFeeds;
  readonly #peers = new Set<PeerSession>();
  readonly #connectionMiddleware: ConnectionMiddleware<Definition, Context>[] = [];
  readonly #messageMiddleware: MessageMiddleware<Definition, Context>[] = [];
  readonly #eventHandlers = new Map<string, (data: unknown, peer: AnyPeer) => unknown>();
  readonly #requestHandlers = new Map<string, (data: unknown, peer: AnyPeer, info: RequestInfo) => unknown>();
  readonly #unwatch: () => void;
  readonly #presence: PresenceSync;

  /** @throws TypeError or RangeError for options that make no sense */
  constructor(protocol: RoomsProtocol<Definition>, options: RoomServerOptions<Definition, Context>) {
    if (typeof options?.authorize !== "function") {
      throw new TypeError("Cannot serve rooms: authorize must say who may do what");
    }
    const limits = resolveServerLimits(options);
    this.#options = options;
    this.log = options.log ?? new MemoryLog();
    this.#publisher = new RoomPublisher(protocol, this.log, { maxEntryBytes: limits.maxEntryBytes });
    const warnOfFault = warnOnce("The engine held something unreadable; there may be more");
    const reportFault = guarded(options.onFault ?? warnOfFault);
    const members = new Rooms<RoomSocket>(options.rooms);
    const watchers = new Rooms<RoomSocket>();
    const { maxEntryBytes, maxReads } = limits;
    this.#feeds = new RoomFeeds(this.log, { maxEntryBytes, maxReads, onFault: reportFault });
    const shared = { log: this.log, feeds: this.#feeds, members, watchers, maxEntryBytes, reportFault };
    const table = new RoomTable((name) => new LocalRoom(name, protocol.expectKind(name), shared));
    this.#host = {
      protocol,
      limits,
      log: this.log,
      feeds: this.#feeds,
      table,
      members,
      watchers,
      connectionMiddleware: this.#connectionMiddleware as PeerHost["connectionMiddleware"],
      messageMiddleware: this.#messageMiddleware as PeerHost["messageMiddleware"],
      eventHandlers: this.#eventHandlers,
      requestHandlers: this.#requestHandlers,
      allow: (action, peer, room, details = {}) =>
        assertAllowed(options.authorize, (error) => this.#reportError(error, peer), [
          action,
          asTyped<Definition, Context>(peer),
          room,
          details,
        ]),
      peopleIn: (room) => this.#peopleIn(room),
      renewSession: (peer) => options.renewSession?.(asTyped(peer)),
      reportFault,
      reportError: (error, peer) => this.#reportError(error, peer),
    };
    this.#unwatch = this.log.watch({
      onStatus: (status, error) => this.#onEngine(status, error),
      onFault: reportFault,
    });
    this.#presence = new PresenceSync(this.log, table, limits.presenceSyncMs);
  }

  /** The clients of this process. */
  get peers(): ReadonlySet<Peer<Definition, Context>> {
    return this.#peers as unknown as ReadonlySet<Peer<Definition, Context>>;
  }

  /** Who of this process is in which room: for numbers, and for hooks. */
  get members(): Rooms<RoomSocket> {
    return this.#host.members;
  }

  /**
   * Serves a connection. Call it before anything is awaited, so that nothing the client says is lost on the way.
   *
   * @param info who it is; needed where the context has a type
   * @throws TypeError for a person whose name cannot be one
   */
  attach(
    socket: RoomSocket,
    ...[info]: undefined extends Context ? [info?: Partial<PeerInfo<Context>>] : [info: PeerInfo<Context>]
  ): Peer<Definition, Context> {
    const { person, context, expiresAt } = info ?? {};
    if (person !== undefined && !isName(person)) {
      throw new TypeError("Cannot attach a connection: a person's name has 1 to 200 characters");
    }
    const peer = new PeerSession(this.#host, socket, { person, context, expiresAt });
    this.#peers.add(peer);
    peer.start(this.log.status, () => this.#peers.delete(peer));
    return asTyped(peer);
  }

  /** What is to run for each client that comes, in this order. */
  useForConnections(middleware: ConnectionMiddleware<Definition, Context>): this {
    this.#connectionMiddleware.push(middleware);
    return this;
  }

  /** What is to run around each message, the first one outermost. */
  useForMessages(middleware: MessageMiddleware<Definition, Context>): this {
    this.#messageMiddleware.push(middleware);
    return this;
  }

  /** Who handles an event of clients; the events of one client are handled in order. Again: somebody else. */
  onEvent<Name extends DirectName<Definition, "toServer">>(
    name: Name,
    handler: (data: DirectOutput<Definition, "toServer", Name>, peer: Peer<Definition, Context>) => unknown,
  ): this {
    this.#eventHandlers.set(name, handler as (data: unknown, peer: AnyPeer) => unknown);
    return this;
  }

  /** Who answers a request of clients; they are answered as soon as they can be. A RoomError that it throws is told. */
  onRequest<Name extends RequestName<Definition, "toServer">>(
    name: Name,
    handler: (
      data: AskedOutput<Definition, "toServer", Name>,
      peer: Peer<Definition, Context>,
      info: RequestInfo,
    ) => AnswerInput<Definition, "toServer", Name> | Promise<AnswerInput<Definition, "toServer", Name>>,
  ): this {
    this.#requestHandlers.set(name, handler as (data: unknown, peer: AnyPeer, info: RequestInfo) => unknown);
    return this;
  }

  /** See {@link RoomPublisher.publish}; `authorize` is not asked. */
  publish<Room extends RoomName<Definition>, Name extends EventName<KindOf<Definition, Room>>>(
    room: Room,
    event: Name,
    data: EventInput<KindOf<Definition, Room>, Name>,
    options?: PublishOptions,
  ): Promise<Appended> {
    return this.#publisher.publish(room, event, data, options);
  }

  /** See {@link RoomPublisher.signal}; `authorize` is not asked. */
  signal<Room extends RoomName<Definition>, Name extends SignalName<KindOf<Definition, Room>>>(
    room: Room,
    event: Name,
    data: SignalInput<KindOf<Definition, Room>, Name>,
    options?: Pick<PublishOptions, "from">,
  ): Promise<void> {
    return this.#publisher.signal(room, event, data, options);
  }

  /**
   * Who is in a room, on all nodes, by name.
   *
   * @throws EngineError
   */
  async present<Room extends RoomName<Definition>>(
    room: Room,
  ): Promise<ReadonlyMap<string, PresenceInput<KindOf<Definition, Room>>>> {
    const people = await this.#peopleIn(room);
    return new Map(people.list(Number.POSITIVE_INFINITY).map(({ person, data }) => [person, data as never]));
  }

  /** Ends what it does with the engine; connections stay, and are whoever made them's to close. Safe to call twice. */
  async close(): Promise<void> {
    this.#unwatch();
    this.#presence.stop();
    await Promise.all([...this.#peers].map((peer) => peer.end()));
    this.#peers.clear();
    this.#host.table.close();
    await this.#feeds.close();
    if (this.#options.log === undefined) await this.log.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #onEngine(status: EngineStatus, error: Error | undefined): void {
    const frame = frameFor({ type: "engine", status });
    for (const { socket } of this.#peers) socket.send(frame);
    if (status === "up") void this.#presence.tellAll();
    this.#options.onEngine?.(status, error);
  }

  async #peopleIn(room: string): Promise<People> {
    const people = new People();
    for (const { node, person, data: bytes } of await this.log.present(room)) {
      const { value, error } = readPresence(bytes);
      if (error !== undefined) this.#host.reportFault(error);
      people.enter({ node, person, data: value?.data });
    }
    return people;
  }

  readonly #warnOfError: (error: unknown) => void = warnOnce("A handler of rooms failed; more may follow");

  #reportError(error: unknown, peer: AnyPeer): void {
    const { onError = this.#warnOfError } = this.#options;
    guarded(() => onError(error, asTyped(peer)))();
  }
}

/** What the application's listener throws is its own: it must not keep a client from its answer. */
function guarded<Args extends unknown[]>(listener: (...args: Args) => void): (...args: Args) => void {
  return (...args) => {
    try {
      listener(...args);
    } catch (error) {
      reportUncaught(error);
    }
  };
}

function asTyped<Definition extends RoomsDefinition, Context>(peer: AnyPeer): Peer<Definition, Context> {
  return peer as unknown as Peer<Definition, Context>;
}
