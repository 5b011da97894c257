// The client half of typed rooms, in Node and in browsers: over one connection after another, which others make.
import {
  ownEntry,
  type RoomKind,
  type RoomsDefinition,
  type RoomsProtocol,
  unknownName,
} from "../definition/define-rooms.ts";
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
import { type StandardSchema, validate, type Validated } from "../definition/standard-schema.ts";
import { RoomError } from "../room-error.ts";
import type { EngineStatus } from "../room-log.ts";
import { encode, type Frame } from "../wire/codec.ts";
import { readServerMessage } from "../wire/message-shapes.ts";
import type {
  ClientMessage,
  RequestMessage,
  ServerMessage,
  WelcomeMessage,
  WireServerLimits,
} from "../wire/messages.ts";
import { isErrorCode, MAX_ERROR_LENGTH } from "../wire/names.ts";
import { SERVER_LIMITS } from "../wire/wire-limits.ts";
import { Asker } from "./asker.ts";
import { type AnySocket, type Link, listenTo } from "./client-socket.ts";
import type { ClientHost } from "./client-host.ts";
import { ClientPublisher } from "./client-publisher.ts";
import {
  resolveClientOptions,
  type ResolvedClientOptions,
  type RoomClientOptions,
} from "./client-options.ts";
import { ClientRoom, type JoinOptions } from "./client-room.ts";
import { InOrder } from "../in-order.ts";
import { Listeners, reportUncaught } from "./listeners.ts";
import type { ClientChange } from "./room-change.ts";

/** The subprotocol to offer where the connection is made. */
export const SUBPROTOCOL = "rooms.v1";

/**
 * For the `heartbeat` of a `ReconnectingConnection` in browsers, which cannot ping: the server answers as soon as it reads it.
 *
 * @example
 * ```ts
 * const socket = new ReconnectingConnection({ connect, url, options: { protocols: [SUBPROTOCOL] }, heartbeat: HEARTBEAT });
 * ```
 */
export const HEARTBEAT: {
  readonly message: string;
  readonly isReply: (message: string | Uint8Array) => boolean;
} = {
  message: '{"type":"ping"}',
  isReply: (message) => message === '{"type":"pong"}',
};

/** How a request is made. */
export interface ClientRequestOptions {
  /** How long the answer may take, in milliseconds, the wait for a connection included. Default: `answerTimeoutMs`. */
  readonly timeoutMs?: number;
  /** Gives the answer up when aborted. */
  readonly signal?: AbortSignal;
}

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
  readonly #options: ResolvedClientOptions;
  readonly #host: ClientHost;
  readonly #asker: Asker;
  readonly #rooms = new Map<string, ClientRoom<RoomKind>>();
  readonly #publishers = new Set<ClientPublisher<RoomKind>>();
  readonly #changes: Listeners<[ClientChange]> = new Listeners();
  readonly #eventHandlers = new Map<string, Listeners<[unknown]>>();
  readonly #requestHandlers = new Map<string, (data: unknown) => unknown>();
  readonly #events = new InOrder();
  /** What is validated before it is sent: in order, as it was said. */
  readonly #outgoing = new InOrder();
  #link: Link | undefined;
  /** What may still speak: the one that is open, and those that are to take its place. */
  readonly #sockets = new Set<AnySocket>();
  #limits: WireServerLimits | undefined;
  #engine: EngineStatus | undefined;
  #welcomeTimer: ReturnType<typeof setTimeout> | undefined;
  #queuedMessages = 0;
  #queuedBytes = 0;
  #working = 0;
  #isClosed = false;

  /**
   * @param socket a connection that is open, one that reconnects, or the class that browsers have; without one `attach` it later
   * @throws TypeError or RangeError for options that make no sense
   */
  constructor(protocol: RoomsProtocol<Definition>, socket?: AnySocket, options: RoomClientOptions = {}) {
    this.#protocol = protocol;
    this.#options = resolveClientOptions(options);
    this.#asker = new Asker((message) => this.#send(message), this.#options.maxPendingRequests);
    this.#host = {
      asker: this.#asker,
      options: this.#options,
      serverLimits: () => this.#limits,
      takeQueueRoom: (bytes) => this.#takeQueueRoom(bytes),
      giveQueueRoom: (bytes) => {
        this.#queuedMessages--;
        this.#queuedBytes -= bytes;
      },
      isIn: (room) => this.#rooms.has(room),
      forget: (room) => void this.#rooms.delete(room),
    };
    if (socket !== undefined) this.attach(socket);
  }

  /** Whether a server is there: `"open"` once it has said welcome. */
  get state(): "waiting" | "open" | "closed" {
    if (this.#isClosed) return "closed";
    return this.#limits === undefined ? "waiting" : "open";
  }

  /** Whether what carries messages between servers can be reached; not known before the first welcome. */
  get engine(): EngineStatus | undefined {
    return this.#engine;
  }

  /** Goes on over another connection, as soon as it is open; the one before it is closed then. */
  attach(socket: AnySocket): void {
    if (this.#isClosed) throw new Error("Cannot attach a connection: the client is closed");
    if (this.#sockets.has(socket)) return;
    this.#sockets.add(socket);
    let link: Link | undefined;
    listenTo(socket, {
      onOpen: (opened) => {
        link = opened;
        this.#onOpen(opened);
        this.#closeAllBut(socket);
      },
      // One that was replaced may still speak.
      onMessage: (frame) => {
        if (link !== undefined && this.#link === link) this.#receive(frame);
      },
      onDown: () => {
        if (link !== undefined && this.#link === link) this.#onDown();
      },
      onEnd: () => {
        const wasWanted = this.#sockets.delete(socket);
        if (wasWanted && "reconnectNow" in socket) this.#end();
      },
    });
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
    if (this.#isClosed) throw closed();
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
    if (this.#isClosed) throw closed();
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
    const schema = ownEntry(this.#protocol.definition.toServer?.events, name);
    if (schema === undefined) throw unknownName("event", name);
    const validated = validate(schema, data, `event "${name}"`);
    if (this.#limits === undefined) return false;
    if (!(validated instanceof Promise) && validated.error !== undefined) throw validated.error;
    const frame = this.#encode({ type: "event", name, data });
    const link = this.#link;
    const put = ({ error }: Validated): void => {
      if (error !== undefined) this.#onFault(error);
      else if (this.#link === link) link?.send(frame);
    };
    this.#outgoing.run(() => (validated instanceof Promise ? validated.then(put) : put(validated)));
    return true;
  }

  /**
   * Asks the server something. It waits for a connection; once it was sent, a break ends it, as nobody knows then what was done.
   *
   * @returns the answer; rejects with a RoomError: the server's, or `TIMEOUT`, `DISCONNECTED`, `INVALID`, `QUEUE_FULL`, `CLOSED`
   */
  async request<Name extends RequestName<Definition, "toServer">>(
    name: Name,
    data: AskedInput<Definition, "toServer", Name>,
    { timeoutMs = this.#options.answerTimeoutMs, signal }: ClientRequestOptions = {},
  ): Promise<AnswerOutput<Definition, "toServer", Name>> {
    const request = ownEntry(this.#protocol.definition.toServer?.requests, name);
    if (request === undefined) throw unknownName("request", name);
    await valid(request.input, data, `request "${name}"`);
    if (this.#isClosed) throw closed();
    signal?.throwIfAborted();
    const answer = await new Promise<ServerMessage>((resolve, reject) => {
      const release = (): void => signal?.removeEventListener("abort", onAbort);
      const giveUp = this.#asker.ask({
        build: (id) => ({ type: "request", id, name, data }),
        timeoutMs,
        mayWait: true,
        onAnswer: (message) => {
          release();
          resolve(message);
        },
        onError: (error) => {
          release();
          reject(error);
        },
      });
      function onAbort(): void {
        giveUp();
        reject(signal?.reason as Error);
      }
      signal?.addEventListener("abort", onAbort, { once: true });
    });
    const value = answer.type === "reply" ? answer.data : undefined;
    return (await valid(request.output, value, `answer to "${name}"`)) as AnswerOutput<
      Definition,
      "toServer",
      Name
    >;
  }

  /** Listens to an event of the server's; returns what ends it. */
  onEvent<Name extends DirectName<Definition, "toClient">>(
    name: Name,
    listener: (data: DirectOutput<Definition, "toClient", Name>) => void,
  ): () => void {
    let listeners = this.#eventHandlers.get(name);
    if (listeners === undefined) this.#eventHandlers.set(name, (listeners = new Listeners()));
    return listeners.add(listener as (data: unknown) => void);
  }

  /** Who answers a request of the server's. A RoomError that it throws is told, any other error as `INTERNAL`, and is uncaught here. */
  onRequest<Name extends RequestName<Definition, "toClient">>(
    name: Name,
    handler: (
      data: AskedOutput<Definition, "toClient", Name>,
    ) => AnswerInput<Definition, "toClient", Name> | Promise<AnswerInput<Definition, "toClient", Name>>,
  ): this {
    this.#requestHandlers.set(name, handler as (data: unknown) => unknown);
    return this;
  }

  /** Leaves all rooms, ends the connection, and comes back no more. Safe to call twice. */
  close(): void {
    this.#end();
    // One that waits for its next attempt, too: it would go on for ever.
    this.#closeAllBut(undefined);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.close();
  }

  // Connections

  #onOpen(link: Link): void {
    if (this.#isClosed) return link.close();
    // A new one in the place of one whose end was not told.
    if (this.#link !== undefined) this.#onDown();
    this.#link = link;
    this.#welcomeTimer = setTimeout(() => link.drop(), this.#options.welcomeTimeoutMs);
  }

  #closeAllBut(kept: AnySocket | undefined): void {
    for (const socket of [...this.#sockets]) {
      if (socket === kept) continue;
      this.#sockets.delete(socket);
      void socket.close();
    }
  }

  #onWelcome({ limits, engine }: WelcomeMessage): void {
    // Of a connection that is gone already, whose messages come late.
    if (this.#link === undefined || this.#limits !== undefined) return;
    clearTimeout(this.#welcomeTimer);
    this.#limits = limits;
    this.#changes.call({ type: "open" });
    this.#setEngine(engine);
    this.#asker.open(limits.inFlight);
    this.#wakeAll();
  }

  #wakeAll(): void {
    for (const speaker of [...this.#rooms.values(), ...this.#publishers]) speaker.wake();
  }

  #onDown(): void {
    clearTimeout(this.#welcomeTimer);
    const wasOpen = this.#limits !== undefined;
    this.#link = undefined;
    this.#limits = undefined;
    this.#asker.down();
    if (!wasOpen) return;
    const error = new RoomError("DISCONNECTED", "Cannot hear anything: the connection broke");
    for (const room of [...this.#rooms.values()]) room.interrupt(error);
    this.#changes.call({ type: "interrupted" });
  }

  #end(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    clearTimeout(this.#welcomeTimer);
    this.#link = undefined;
    this.#limits = undefined;
    const error = closed();
    for (const speaker of [...this.#rooms.values(), ...this.#publishers]) speaker.end(error);
    this.#publishers.clear();
    this.#asker.close(error);
    this.#changes.call({ type: "closed" });
  }

  #send(message: ClientMessage): void {
    this.#link?.send(this.#encode(message));
  }

  /** @throws TypeError or RangeError for what a server does not take: it would end the connection */
  #encode(message: ClientMessage): Frame {
    return encode(message, { ...SERVER_LIMITS, maxMessageBytes: this.#limits?.messageBytes ?? 0 });
  }

  #takeQueueRoom(bytes: number): RoomError | undefined {
    const { maxQueuedMessages, maxQueuedBytes } = this.#options;
    if (this.#queuedMessages >= maxQueuedMessages || this.#queuedBytes + bytes > maxQueuedBytes) {
      const waiting = `${this.#queuedMessages} messages of ${this.#queuedBytes} bytes wait already`;
      return new RoomError("QUEUE_FULL", `Cannot publish: ${waiting}`);
    }
    this.#queuedMessages++;
    this.#queuedBytes += bytes;
    return undefined;
  }

  // What the server says

  #receive(frame: string | Uint8Array): void {
    if (this.#isClosed) return;
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
        if (this.#events.waiting >= this.#options.maxUnvalidated) return this.#onFault(tooMuch(message.name));
        return this.#events.run(() => this.#onEvent(message.name, message.data));
      case "request":
        return void this.#onRequest(message);
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
        else this.#asker.answer(message.re, message);
        return;
      case "error":
        if (message.re === undefined) this.#onFault(new RoomError(message.code, message.message));
        else this.#asker.answer(message.re, message);
        return;
      default:
        this.#asker.answer(message.re, message);
    }
  }

  #onFault(error: RoomError): void {
    this.#changes.call({ type: "fault", error });
  }

  #onEngine(status: EngineStatus): void {
    this.#setEngine(status);
    if (status === "up" && this.#limits !== undefined) this.#wakeAll();
  }

  #setEngine(status: EngineStatus): void {
    if (this.#engine === status) return;
    this.#engine = status;
    this.#changes.call({ type: "engine", status });
  }

  #onEvent(name: string, data: unknown): void | Promise<void> {
    const schema = ownEntry(this.#protocol.definition.toClient?.events, name);
    if (schema === undefined) return this.#onFault(unknownName("event", name));
    const tell = (validated: Validated): void => {
      if (validated.error === undefined) this.#eventHandlers.get(name)?.call(validated.value);
      else this.#onFault(validated.error);
    };
    const validated = validate(schema, data, `event "${name}"`);
    return validated instanceof Promise ? validated.then(tell) : tell(validated);
  }

  async #onRequest(message: RequestMessage): Promise<void> {
    const link = this.#link;
    const answer = await this.#answer(message);
    // An answer to another connection's question would answer nothing there, or something else.
    if (this.#link !== link || this.#limits === undefined) return;
    try {
      this.#send(answer);
    } catch (error) {
      reportUncaught(error);
      this.#send(internal(message.id));
    }
  }

  async #answer({ id, name, data }: RequestMessage): Promise<ClientMessage> {
    const { maxInFlight } = this.#options;
    if (this.#working >= maxInFlight) {
      return {
        type: "error",
        re: id,
        code: "OVERLOADED",
        message: `Cannot do that now: maxInFlight is ${maxInFlight}`,
      };
    }
    this.#working++;
    try {
      const request = ownEntry(this.#protocol.definition.toClient?.requests, name);
      const handler = this.#requestHandlers.get(name);
      if (request === undefined || handler === undefined) throw unknownName("request", name);
      const value = await valid(request.input, data, `request "${name}"`);
      const answer = await handler(value);
      await valid(request.output, answer, `answer to "${name}"`);
      return { type: "reply", re: id, data: answer };
    } catch (error) {
      if (error instanceof RoomError && isErrorCode(error.code)) {
        const why = error.message.slice(0, MAX_ERROR_LENGTH);
        return { type: "error", re: id, code: error.code, message: why };
      }
      reportUncaught(error);
      return internal(id);
    } finally {
      this.#working--;
    }
  }
}

async function valid(schema: StandardSchema, data: unknown, what: string): Promise<unknown> {
  const validated = await validate(schema, data, what);
  if (validated.error !== undefined) throw validated.error;
  return validated.value;
}

function internal(re: number): ClientMessage {
  return { type: "error", re, code: "INTERNAL", message: "Cannot do that: something went wrong here" };
}

function tooMuch(name: string): RoomError {
  return new RoomError("OVERLOADED", `Cannot take the event "${name}": too much waits to be validated`);
}

function closed(): RoomError {
  return new RoomError("CLOSED", "Cannot do that: the client is closed");
}
