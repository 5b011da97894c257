// The client half of typed rooms, in Node and in browsers: over one connection after another, which others make.
import type { RoomKind, RoomsDefinition, RoomsProtocol } from "../definition/define-rooms.ts";
import type {
  AnswerInput,
  AnswerOutput,
  AskedInput,
  AskedOutput,
  DirectInput,
  DirectName,
  DirectOutput,
  KindOf,
  RequestName,
  RoomName,
} from "../definition/names-of.ts";
import { RoomError } from "../room-error.ts";
import type { EngineStatus } from "../room-log.ts";
import { readServerMessage } from "../wire/message-shapes.ts";
import type { WelcomeMessage } from "../wire/messages.ts";
import { Asker } from "./asker.ts";
import type { ClientHost } from "./client-host.ts";
import { resolveClientOptions, type RoomClientOptions } from "./client-options.ts";
import { ClientPublisher } from "./client-publisher.ts";
import { ClientRoom, type JoinOptions } from "./client-room.ts";
import type { AnySocket } from "./client-socket.ts";
import { CurrentConnection } from "./current-connection.ts";
import { type ClientRequestOptions, closed, DirectMessages } from "./direct-messages.ts";
import { Listeners } from "./listeners.ts";
import { QueueRoom } from "./queue-room.ts";
import type { ClientChange } from "./room-change.ts";

/**
 * What a client of a `RoomServer` does: joins rooms, publishes, asks and is asked.
 *
 * @example
 * ```ts
 * const socket = new ReconnectingConnection({ connect, url, options: { protocols: [SUBPROTOCOL] } });
 * const client = new RoomClient(protocol, socket);
 * const lobby = client.join("chat/lobby");
 * lobby.on("message", ({ text }, { from }) => console.log(from, text));
 * const { status } = await lobby.publish("message", { text: "hello" }).result;
 * ```
 */
export class RoomClient<const Definition extends RoomsDefinition> implements AsyncDisposable {
  readonly #protocol: RoomsProtocol<Definition>;
  readonly #host: ClientHost;
  readonly #connection: CurrentConnection;
  readonly #direct: DirectMessages;
  readonly #rooms = new Map<string, ClientRoom<RoomKind>>();
  readonly #publishers = new Set<ClientPublisher<RoomKind>>();
  readonly #changes: Listeners<[ClientChange]> = new Listeners();
  #engine: EngineStatus | undefined;

  /**
   * @param socket a connection that is open, one that reconnects, or the class that browsers have; without one `attach` it later
   * @throws TypeError or RangeError for options that make no sense
   */
  constructor(protocol: RoomsProtocol<Definition>, socket?: AnySocket, options: RoomClientOptions = {}) {
    this.#protocol = protocol;
    const resolved = resolveClientOptions(options);
    this.#connection = new CurrentConnection(resolved.welcomeTimeoutMs, {
      onMessage: (frame) => this.#receive(frame),
      onDown: (wasWelcome) => this.#onDown(wasWelcome),
      onEnd: () => this.#end(),
    });
    this.#host = {
      asker: new Asker((message) => this.#connection.send(message), resolved.maxPendingRequests),
      options: resolved,
      queueRoom: new QueueRoom(resolved),
      serverLimits: () => this.#connection.limits,
      isIn: (room) => this.#rooms.has(room),
      forget: (room) => void this.#rooms.delete(room),
    };
    this.#direct = new DirectMessages(protocol.definition, this.#host, this.#connection, (error) =>
      this.#onFault(error),
    );
    if (socket !== undefined) this.attach(socket);
  }

  /** Whether a server is there: `"open"` once it has said welcome. */
  get state(): "waiting" | "open" | "closed" {
    if (this.#connection.isClosed) return "closed";
    return this.#connection.limits === undefined ? "waiting" : "open";
  }

  /** Whether what carries messages between servers can be reached; not known before the first welcome. */
  get engine(): EngineStatus | undefined {
    return this.#engine;
  }

  /** Goes on over another connection, as soon as it is open; the one before it is closed then. */
  attach(socket: AnySocket): void {
    this.#connection.attach(socket);
  }

  /** Listens to what happens to the client as a whole; returns what ends it. */
  observe(listener: (change: ClientChange) => void): () => void {
    return this.#changes.add(listener);
  }

  /**
   * Joins a room, as soon as there is a connection, and again after each break. Again: the same room, if it was not left.
   *
   * @throws RoomError `UNKNOWN_NAME` for a room that nobody declared, `CLOSED`
   */
  join<Room extends RoomName<Definition>>(
    room: Room,
    options: JoinOptions = {},
  ): ClientRoom<KindOf<Definition, Room>> {
    const kind = this.#protocol.expectKind(room);
    if (this.#connection.isClosed) throw closed();
    let joined = this.#rooms.get(room);
    if (joined === undefined) {
      joined = new ClientRoom(room, kind, this.#host, options);
      this.#rooms.set(room, joined);
      joined.wake();
    }
    return joined;
  }

  /**
   * Publishes in a room without joining it: nothing that is said there comes back. Each call makes another publisher, whose messages keep
   * their order; close it when it is done.
   *
   * @throws RoomError `UNKNOWN_NAME` for a room that nobody declared, `CLOSED`
   */
  publisher<Room extends RoomName<Definition>>(room: Room): ClientPublisher<KindOf<Definition, Room>> {
    const kind = this.#protocol.expectKind(room);
    if (this.#connection.isClosed) throw closed();
    const publisher = new ClientPublisher<RoomKind>(room, kind, this.#host, () =>
      this.#publishers.delete(publisher),
    );
    this.#publishers.add(publisher);
    return publisher;
  }

  /**
   * Tells the server something; false where there is no connection, and it was not told.
   *
   * @throws RoomError `INVALID` where the validator says so at once
   */
  send<Name extends DirectName<Definition, "toServer">>(
    name: Name,
    data: DirectInput<Definition, "toServer", Name>,
  ): boolean {
    return this.#direct.send(name, data);
  }

  /**
   * Asks the server something. It waits for a connection; once it was sent, a break ends it, as nobody knows then what was done.
   *
   * @returns the answer; rejects with a RoomError: the server's, or `TIMEOUT`, `DISCONNECTED`, `INVALID`, `QUEUE_FULL`, `CLOSED`
   */
  async request<Name extends RequestName<Definition, "toServer">>(
    name: Name,
    data: AskedInput<Definition, "toServer", Name>,
    options: ClientRequestOptions = {},
  ): Promise<AnswerOutput<Definition, "toServer", Name>> {
    const answer = await this.#direct.request(name, data, options);
    return answer as AnswerOutput<Definition, "toServer", Name>;
  }

  /** Listens to an event of the server's; returns what ends it. */
  onEvent<Name extends DirectName<Definition, "toClient">>(
    name: Name,
    listener: (data: DirectOutput<Definition, "toClient", Name>) => void,
  ): () => void {
    return this.#direct.listen(name, listener as (data: unknown) => void);
  }

  /** Who answers a request of the server's. A RoomError that it throws is told, any other error as `INTERNAL`, and is uncaught here. */
  onRequest<Name extends RequestName<Definition, "toClient">>(
    name: Name,
    handler: (
      data: AskedOutput<Definition, "toClient", Name>,
    ) => AnswerInput<Definition, "toClient", Name> | Promise<AnswerInput<Definition, "toClient", Name>>,
  ): this {
    this.#direct.handle(name, handler as (data: unknown) => unknown);
    return this;
  }

  /** Leaves all rooms, ends the connection, and comes back no more. Safe to call twice. */
  close(): void {
    this.#end();
    this.#connection.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.close();
  }

  // The connection

  #onWelcome({ limits, engine }: WelcomeMessage): void {
    if (!this.#connection.welcome(limits)) return;
    this.#changes.call({ type: "open" });
    this.#setEngine(engine);
    this.#host.asker.open(limits.inFlight);
    this.#wakeAll();
  }

  #wakeAll(): void {
    for (const speaker of [...this.#rooms.values(), ...this.#publishers]) speaker.wake();
  }

  #onDown(wasWelcome: boolean): void {
    this.#host.asker.down();
    if (!wasWelcome) return;
    const error = new RoomError("DISCONNECTED", "Cannot hear anything: the connection broke");
    for (const room of [...this.#rooms.values()]) room.interrupt(error);
    this.#changes.call({ type: "interrupted" });
  }

  #end(): void {
    if (this.#connection.isClosed) return;
    this.#connection.end();
    const error = closed();
    for (const speaker of [...this.#rooms.values(), ...this.#publishers]) speaker.end(error);
    this.#publishers.clear();
    this.#host.asker.close(error);
    this.#changes.call({ type: "closed" });
  }

  // What the server says

  #receive(frame: string | Uint8Array): void {
    if (this.#connection.isClosed) return;
    const { value: message, error } = readServerMessage(frame);
    if (error !== undefined) {
      // Of a later version perhaps: what we did not ask for we need not know.
      if (error.code !== "UNKNOWN_TYPE") this.#onFault(error);
      return;
    }
    switch (message.type) {
      case "welcome":
        return this.#onWelcome(message);
      case "engine":
        return this.#onEngine(message.status);
      case "event":
        return this.#direct.onEvent(message);
      case "request":
        return void this.#direct.onRequest(message);
      case "entry":
      case "entries":
      case "signal":
      case "gap":
      case "presence":
        return this.#rooms.get(message.room)?.receive(message);
      case "pong":
        // That it came is all that it says.
        return;
      case "left":
        if (message.re === undefined) this.#rooms.get(message.room)?.receive(message);
        else this.#host.asker.answer(message.re, message);
        return;
      case "error":
        if (message.re === undefined) this.#onFault(new RoomError(message.code, message.message));
        else this.#host.asker.answer(message.re, message);
        return;
      default:
        this.#host.asker.answer(message.re, message);
    }
  }

  #onFault(error: RoomError): void {
    this.#changes.call({ type: "fault", error });
  }

  #onEngine(status: EngineStatus): void {
    this.#setEngine(status);
    if (status === "up" && this.#connection.limits !== undefined) this.#wakeAll();
  }

  #setEngine(status: EngineStatus): void {
    if (this.#engine === status) return;
    this.#engine = status;
    this.#changes.call({ type: "engine", status });
  }
}
