// One client: reads what it sends, in order where order matters, bounded where it does not; asks the application; answers.
import type { Message } from "@ws/connection";
import { ownEntry, unknownName } from "../definition/define-rooms.ts";
import { InOrder } from "../in-order.ts";
import { validate, type StandardSchema, type Validated } from "../definition/standard-schema.ts";
import { MAX_TIMER_MS } from "../number-option.ts";
import { PendingAnswers } from "../pending-answers.ts";
import { RoomError } from "../room-error.ts";
import { readClientMessage, VERSION } from "../wire/message-shapes.ts";
import type { RequestMessage, ServerMessage } from "../wire/messages.ts";
import { SERVER_LIMITS, type WireLimits } from "../wire/wire-limits.ts";
import { Lanes } from "./lanes.ts";
import { frameFor } from "./local-room.ts";
import { Memberships } from "./memberships.ts";
import type { AnyMessage, AnyPeer, PeerHost } from "./peer-host.ts";
import type { PeerInfo, RequestOptions } from "./peer.ts";
import { PublishOrder } from "./publish-order.ts";
import { RoomRequests } from "./room-requests.ts";
import type { RoomSocket } from "./room-socket.ts";
import { isInternal, toRoomError } from "./to-room-error.ts";

/** What follows the name of a close code where a client does not keep to the protocol. */
const POLICY_VIOLATION = 1008;
const TRY_AGAIN_LATER = 1013;

export class PeerSession implements AnyPeer {
  readonly socket: RoomSocket;
  readonly person: string | undefined;
  readonly #host: PeerHost;
  readonly #limits: WireLimits;
  readonly #memberships: Memberships;
  readonly #requests: RoomRequests;
  readonly #answers: PendingAnswers<unknown>;
  readonly #lanes = new Lanes();
  readonly #order: PublishOrder;
  /** What is validated before it is sent: in order, as it was said. */
  readonly #outgoing = new InOrder();
  readonly #abort = new AbortController();
  #context: unknown;
  #expiresAt: number | undefined;
  #expiry: ReturnType<typeof setTimeout> | undefined;
  #isExpired = false;
  /** Counts up whenever what is known of the client changes: what was asked before does not hold for it. */
  #session = 0;
  /** Resolves when it is known whether the session goes on, and when the middleware has let the client in. */
  #gate: Promise<void> | undefined;
  /** Questions that are not answered yet, by their ids, and events that are not handled yet. */
  readonly #asked = new Map<number, AnyMessage>();
  #events = 0;
  #hasEnded = false;
  #onDrain: (() => void)[] = [];
  #isBackedUp = false;

  constructor(host: PeerHost, socket: RoomSocket, info: PeerInfo<unknown>) {
    this.#host = host;
    this.socket = socket;
    this.person = info.person;
    this.#context = info.context;
    this.#limits = { ...SERVER_LIMITS, maxMessageBytes: host.limits.maxMessageBytes };
    const inOneSession = (ask: () => Promise<void>): Promise<void> => this.#inOneSession(ask);
    this.#memberships = new Memberships(host, this, inOneSession, (message) => this.#sendPaced(message));
    this.#requests = new RoomRequests(host, this, inOneSession);
    this.#order = new PublishOrder(() => this.socket.close(TRY_AGAIN_LATER, "OVERLOADED"));
    this.#answers = new PendingAnswers(host.limits.maxPendingRequests);
    this.#expireAt(info.expiresAt);
  }

  get context(): unknown {
    return this.#context;
  }

  get rooms(): ReadonlySet<string> {
    return this.#memberships.names;
  }

  /** Begins: says welcome, and listens. */
  start(engine: "up" | "down", onEnd: () => void): void {
    this.socket.on("close", () => {
      onEnd();
      void this.end();
    });
    this.socket.on("drain", () => this.#drain());
    const { limits, connectionMiddleware } = this.#host;
    this.tell({
      type: "welcome",
      version: VERSION,
      engine,
      limits: {
        inFlight: limits.maxInFlight,
        rooms: limits.maxRoomsPerConnection,
        batch: limits.maxBatch,
        page: limits.maxPage,
        messageBytes: limits.maxMessageBytes,
      },
    });
    if (connectionMiddleware.length > 0) this.#hold(this.#admit());
    this.socket.on("message", (frame) => this.#receive(frame));
    // Whoever awaited something before may come too late: nobody would tell us.
    if (this.socket.state === "closed") {
      onEnd();
      void this.end();
    }
  }

  tell(message: ServerMessage): void {
    this.#put(message);
  }

  // The peer, as the application sees it

  send(name: string, data: unknown): void {
    const schema = ownEntry(this.#host.protocol.definition.toClient?.events, name);
    if (schema === undefined) throw unknownName("event", name);
    const validated = validate(schema, data, `event "${name}"`);
    if (!(validated instanceof Promise) && validated.error !== undefined) throw validated.error;
    const frame = frameFor({ type: "event", name, data });
    const send = ({ error }: Validated): void => {
      if (error !== undefined) this.#host.reportError(error, this);
      else if (!this.#hasEnded) this.socket.send(frame);
    };
    this.#outgoing.run(() => (validated instanceof Promise ? validated.then(send) : send(validated)));
  }

  async request(name: string, data: unknown, options: RequestOptions = {}): Promise<never> {
    const request = ownEntry(this.#host.protocol.definition.toClient?.requests, name);
    if (request === undefined) throw unknownName("request", name);
    await valid(request.input, data, `request "${name}"`);
    if (this.#hasEnded) throw disconnected();
    const { timeoutMs = this.#host.limits.requestTimeoutMs, signal } = options;
    const answer = await this.#answers.ask((id) => this.tell({ type: "request", id, name, data }), {
      timeoutMs,
      signal,
    });
    return (await valid(request.output, answer, `answer to "${name}"`)) as never;
  }

  kick(room: string, message = ""): boolean {
    if (!this.#memberships.names.has(room)) return false;
    void this.#expel(
      room,
      new RoomError("KICKED", message || `Cannot stay in the room "${room}": taken out`),
    );
    return true;
  }

  async renew(info: Partial<Omit<PeerInfo<unknown>, "person">>): Promise<void> {
    if ("context" in info) this.#context = info.context;
    this.#expireAt(info.expiresAt);
    this.#isExpired = false;
    await this.recheck();
  }

  async recheck(): Promise<void> {
    this.#session++;
    for (const room of this.rooms) {
      try {
        await this.#host.allow("join", this, room);
        if (this.#memberships.hasPresence(room)) await this.#host.allow("presence", this, room);
      } catch (error) {
        await this.#expel(room, toRoomError(error));
      }
    }
  }

  // What comes in

  #receive(frame: Message): void {
    if (this.#hasEnded) return;
    const { value: message, error, re } = readClientMessage(frame, this.#limits);
    if (error !== undefined) return this.#onUnreadable(error, re);
    switch (message.type) {
      case "reply":
        this.#answers.answer(message.re, message.data);
        return;
      case "error":
        if (message.re === undefined) return;
        this.#answers.refuse(message.re, new RoomError(message.code, message.message));
        return;
      case "ping":
        // Where much waits for this client already it hears of us anyway, and must not make us keep more.
        if (!this.#isBackedUp) this.tell({ type: "pong" });
        return;
      default:
        this.#accept(message);
    }
  }

  #onUnreadable(error: RoomError, re?: number): void {
    this.tell({ type: "error", re, code: error.code, message: error.message });
    // Of a later version perhaps, which may say things that nobody here knows.
    if (error.code !== "UNKNOWN_TYPE") this.socket.close(POLICY_VIOLATION, error.code);
  }

  #accept(message: AnyMessage): void {
    const { maxInFlight } = this.#host.limits;
    if (message.type !== "event" && this.#asked.has(message.id)) {
      return this.#onUnreadable(new RoomError("MALFORMED", `Cannot answer: the id ${message.id} is in use`));
    }
    if (this.#asked.size + this.#events >= maxInFlight) {
      const why = `Cannot do that now: maxInFlight is ${maxInFlight}`;
      return this.#refuse(message, new RoomError("OVERLOADED", why));
    }
    if (message.type === "leave") this.#memberships.abandon(message.room);
    if (message.type === "join") this.#memberships.expect(message);
    if (message.type === "event") this.#events++;
    else this.#asked.set(message.id, message);
    const task = (): Promise<void> => this.#handle(message);
    const lane = laneOf(message);
    void (lane === undefined ? task() : this.#lanes.run(lane, task));
  }

  /** Never rejects. */
  async #handle(message: AnyMessage): Promise<void> {
    try {
      await this.#admitted();
      if (this.#hasEnded) return;
      await this.#through(0, message);
      // Middleware that neither went on nor said why: nobody is left to wait for an answer.
      if (this.#isUnanswered(message)) throw new RoomError("INTERNAL", "Cannot do that: nobody did");
    } catch (error) {
      if (isInternal(error)) this.#host.reportError(error, this);
      this.#refuse(message, toRoomError(error));
      // It was given up when it came: whoever wants to go is not held.
      if (message.type === "leave") await this.#memberships.leave(message.room);
      if (message.type === "join") await this.#memberships.giveUp(message);
    } finally {
      if (message.type === "event") this.#events--;
      // Its id may be another question's by now.
      else if (this.#isUnanswered(message)) this.#asked.delete(message.id);
    }
  }

  #isUnanswered(message: AnyMessage): boolean {
    return !this.#hasEnded && message.type !== "event" && this.#asked.get(message.id) === message;
  }

  /** The middleware from there on, and the handling within. */
  async #through(index: number, message: AnyMessage): Promise<void> {
    const middleware = this.#host.messageMiddleware[index];
    if (middleware === undefined) return this.#do(message);
    await middleware(message, this, () => this.#through(index + 1, message));
  }

  async #do(message: AnyMessage): Promise<void> {
    switch (message.type) {
      case "join":
        return this.#memberships.join(message);
      case "leave":
        await this.#memberships.leave(message.room);
        return this.tell({ type: "left", re: message.id, room: message.room });
      case "enter":
        await this.#memberships.enter(message.room, await this.#requests.presenceOf(message));
        return this.tell({ type: "done", re: message.id });
      case "exit":
        await this.#memberships.exit(message.room);
        return this.tell({ type: "done", re: message.id });
      case "publish":
        this.#order.pass(message);
        return this.tell(await this.#requests.publish(message));
      case "signal":
        return this.tell(await this.#requests.signal(message));
      case "history":
        return this.tell(await this.#requests.history(message, this.#abort.signal));
      case "present":
        return this.tell(await this.#requests.present(message));
      case "event":
        return this.#onEvent(message.name, message.data);
      case "request":
        return this.tell(await this.#onRequest(message));
    }
  }

  async #onEvent(name: string, data: unknown): Promise<void> {
    const schema = ownEntry(this.#host.protocol.definition.toServer?.events, name);
    if (schema === undefined) throw unknownName("event", name);
    const value = await valid(schema, data, `event "${name}"`);
    await this.#host.eventHandlers.get(name)?.(value, this);
  }

  async #onRequest({ id, name, data }: RequestMessage): Promise<ServerMessage> {
    const request = ownEntry(this.#host.protocol.definition.toServer?.requests, name);
    const handler = this.#host.requestHandlers.get(name);
    if (request === undefined || handler === undefined) throw unknownName("request", name);
    const value = await valid(request.input, data, `request "${name}"`);
    const answer = await handler(value, this, { signal: this.#abort.signal });
    const validated = await validate(request.output, answer, `answer to "${name}"`);
    // It is not the client's fault, nor its business.
    if (validated.error !== undefined) throw new Error(validated.error.message, { cause: validated.error });
    return { type: "reply", re: id, data: answer };
  }

  #refuse(message: AnyMessage, error: RoomError): void {
    const { code, message: why } = error;
    if (message.type === "publish") this.#order.refused(message, error);
    const re = message.type === "event" ? undefined : message.id;
    this.tell({ type: "error", re, code, message: why });
  }

  // Sessions

  async #admit(): Promise<void> {
    try {
      for (const middleware of this.#host.connectionMiddleware) await middleware(this);
    } catch (error) {
      if (isInternal(error)) this.#host.reportError(error, this);
      const { code, message } = toRoomError(error);
      this.tell({ type: "error", code, message });
      this.socket.close(POLICY_VIOLATION, code);
      void this.end();
    }
  }

  /** Lets nothing pass before that has resolved, and whatever else it waits for. */
  #hold(until: Promise<void>): void {
    const gate: Promise<void> = Promise.all([this.#gate, until]).then(() => this.#release(gate));
    this.#gate = gate;
  }

  #release(gate: Promise<void>): void {
    if (this.#gate === gate) this.#gate = undefined;
  }

  /** @throws RoomError `SESSION_EXPIRED` */
  async #admitted(): Promise<void> {
    while (this.#gate !== undefined) await this.#gate;
    if (this.#isExpired) throw sessionExpired();
  }

  /** Asks the application, again where the session has become another one meanwhile. */
  async #inOneSession(ask: () => Promise<void>): Promise<void> {
    for (;;) {
      const session = this.#session;
      await ask();
      await this.#admitted();
      if (session === this.#session) return;
    }
  }

  #expireAt(expiresAt: number | undefined): void {
    clearTimeout(this.#expiry);
    this.#expiresAt = expiresAt;
    if (expiresAt === undefined || this.#hasEnded) return;
    // A timer cannot wait for a month: it looks again.
    const waitMs = Math.min(Math.max(expiresAt - Date.now(), 0), MAX_TIMER_MS);
    this.#expiry = setTimeout(() => this.#onExpiry(), waitMs);
    // The socket keeps the process alive, as long as there is one.
    (this.#expiry as { unref?: () => void }).unref?.();
  }

  #onExpiry(): void {
    if (this.#expiresAt !== undefined && this.#expiresAt > Date.now()) return this.#expireAt(this.#expiresAt);
    this.#isExpired = true;
    this.#session++;
    this.#hold(this.#renewSession());
  }

  /** Never rejects. */
  async #renewSession(): Promise<void> {
    let renewed: unknown;
    try {
      renewed = await this.#host.renewSession(this);
    } catch (error) {
      this.#host.reportError(error, this);
    }
    if (typeof renewed === "object" && renewed !== null && !isOver(renewed)) return this.renew(renewed);
    // The application may have renewed it by itself meanwhile.
    if (!this.#isExpired) return;
    for (const room of this.rooms) await this.#expel(room, sessionExpired());
  }

  async #expel(room: string, error: RoomError): Promise<void> {
    const { code, message } = toRoomError(error);
    this.#memberships.abandon(room);
    if (await this.#memberships.leave(room)) this.tell({ type: "left", room, code, message });
  }

  // What goes out

  /** @returns whether more may be sent before a `drain` */
  #put(message: ServerMessage): boolean {
    // The client may ask the next one as soon as it has the answer.
    if ("re" in message && message.re !== undefined) this.#asked.delete(message.re);
    if (this.#hasEnded) return true;
    this.#isBackedUp = this.socket.send(frameFor(message)) === false;
    return !this.#isBackedUp;
  }

  #sendPaced(message: ServerMessage): Promise<void> {
    if (this.#put(message) || this.#hasEnded) return Promise.resolve();
    return new Promise((resolve) => this.#onDrain.push(resolve));
  }

  #drain(): void {
    this.#isBackedUp = false;
    for (const resolve of this.#onDrain.splice(0)) resolve();
  }

  /** Resolves when it has left everywhere. The connection is not touched. */
  async end(): Promise<void> {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    clearTimeout(this.#expiry);
    this.#abort.abort(disconnected());
    this.#answers.failAll(disconnected());
    this.#drain();
    await this.#memberships.leaveAll();
  }
}

/** A session that has ended already is none, or it would be asked about again at once, and for ever. */
function isOver({ expiresAt }: { readonly expiresAt?: number | undefined }): boolean {
  return expiresAt !== undefined && !(expiresAt > Date.now());
}

/** What must be done in the order in which it was said. */
function laneOf(message: AnyMessage): string | undefined {
  switch (message.type) {
    case "join":
    case "leave":
    case "enter":
    case "exit":
      return `room ${message.room}`;
    case "publish":
    case "signal":
      return `publish ${message.room}`;
    case "event":
      return "events";
    default:
      return undefined;
  }
}

async function valid(schema: StandardSchema, data: unknown, what: string): Promise<unknown> {
  const validated = await validate(schema, data, what);
  if (validated.error !== undefined) throw validated.error;
  return validated.value;
}

function disconnected(): RoomError {
  return new RoomError("DISCONNECTED", "Cannot wait any longer: the client has gone");
}

function sessionExpired(): RoomError {
  return new RoomError("SESSION_EXPIRED", "Cannot do that: the session has expired");
}
