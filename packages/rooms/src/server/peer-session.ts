// One client: reads what it sends, in order where order matters, bounded where it does not; asks the application; answers.
import type { Message } from "@ws/connection";
import { RoomError } from "../room-error.ts";
import { readClientMessage, VERSION } from "../wire/message-shapes.ts";
import type { ServerMessage } from "../wire/messages.ts";
import { SERVER_LIMITS, type WireLimits } from "../wire/wire-limits.ts";
import { DirectMessages } from "./direct-messages.ts";
import { InFlight } from "./in-flight.ts";
import { Lanes } from "./lanes.ts";
import { Memberships } from "./memberships.ts";
import type { AnyMessage, AnyPeer, PeerHost } from "./peer-host.ts";
import { PacedSocket } from "./paced-socket.ts";
import type { PeerInfo, RequestOptions } from "./peer.ts";
import { PublishOrder } from "./publish-order.ts";
import { RoomRequests } from "./room-requests.ts";
import type { RoomSocket } from "./room-socket.ts";
import { isOverAlready, Session, sessionExpired } from "./session.ts";
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
  readonly #direct: DirectMessages;
  readonly #session: Session;
  readonly #lanes = new Lanes();
  readonly #order: PublishOrder;
  readonly #outgoing: PacedSocket;
  readonly #gone = new AbortController();
  readonly #inFlight: InFlight;
  #hasEnded = false;

  constructor(host: PeerHost, socket: RoomSocket, info: PeerInfo<unknown>) {
    this.#host = host;
    this.socket = socket;
    this.person = info.person;
    this.#limits = { ...SERVER_LIMITS, maxMessageBytes: host.limits.maxMessageBytes };
    this.#inFlight = new InFlight(host.limits.maxInFlight);
    this.#outgoing = new PacedSocket(socket);
    this.#session = new Session(info, () => this.#renewSession());
    this.#memberships = new Memberships(host, this, this.#session, (message) => this.#send(message));
    this.#requests = new RoomRequests(host, this, this.#session);
    this.#direct = new DirectMessages(host, this, (message) => this.tell(message), this.#gone.signal);
    this.#order = new PublishOrder(() => this.socket.close(TRY_AGAIN_LATER, "OVERLOADED"));
  }

  get context(): unknown {
    return this.#session.context;
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
    if (connectionMiddleware.length > 0) this.#session.hold(this.#admit());
    this.socket.on("message", (frame) => this.#receive(frame));
    // Whoever awaited something before may come too late: nobody would tell us.
    if (this.socket.state === "closed") {
      onEnd();
      void this.end();
    }
  }

  tell(message: ServerMessage): void {
    void this.#send(message);
  }

  /** Resolves when there is room for more. */
  #send(message: ServerMessage): Promise<void> {
    if ("re" in message && message.re !== undefined) this.#inFlight.answer(message.re);
    return this.#outgoing.send(message);
  }

  // The peer, as the application sees it

  send(name: string, data: unknown): void {
    this.#direct.send(name, data);
  }

  async request(name: string, data: unknown, options: RequestOptions = {}): Promise<never> {
    return (await this.#direct.request(name, data, options)) as never;
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
    this.#session.renew(info);
    await this.recheck();
  }

  async recheck(): Promise<void> {
    this.#session.change();
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
        return this.#direct.onReply(message);
      case "error":
        return this.#direct.onError(message);
      case "ping":
        // Where much waits for this client already it hears of us anyway, and must not make us keep more.
        if (!this.#outgoing.isBackedUp) this.tell({ type: "pong" });
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
    if (message.type !== "event" && this.#inFlight.isInUse(message.id)) {
      return this.#onUnreadable(new RoomError("MALFORMED", `Cannot answer: the id ${message.id} is in use`));
    }
    if (this.#inFlight.isFull) {
      const why = `Cannot do that now: maxInFlight is ${this.#host.limits.maxInFlight}`;
      return this.#refuse(message, new RoomError("OVERLOADED", why));
    }
    if (message.type === "leave") this.#memberships.abandon(message.room);
    if (message.type === "join") this.#memberships.expect(message);
    this.#inFlight.begin(message);
    const task = (): Promise<void> => this.#handle(message);
    const lane = laneOf(message);
    void (lane === undefined ? task() : this.#lanes.run(lane, task));
  }

  /** Never rejects. */
  async #handle(message: AnyMessage): Promise<void> {
    try {
      await this.#session.admitted();
      if (this.#hasEnded) return;
      await this.#through(0, message);
      // Middleware that neither went on nor said why: nobody is left to wait for an answer.
      if (!this.#hasEnded && this.#inFlight.isUnanswered(message))
        throw new RoomError("INTERNAL", "Cannot do that: nobody did");
    } catch (error) {
      if (isInternal(error)) this.#host.reportError(error, this);
      this.#refuse(message, toRoomError(error));
      // It was given up when it came: whoever wants to go is not held.
      if (message.type === "leave") await this.#memberships.leave(message.room);
      if (message.type === "join") await this.#memberships.giveUp(message);
    } finally {
      this.#inFlight.end(message);
    }
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
        return this.tell(await this.#requests.history(message, this.#gone.signal));
      case "present":
        return this.tell(await this.#requests.present(message));
      case "event":
        return this.#direct.onEvent(message);
      case "request":
        return this.tell(await this.#direct.onRequest(message));
    }
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

  /** Never rejects. */
  async #renewSession(): Promise<void> {
    let renewed: unknown;
    try {
      renewed = await this.#host.renewSession(this);
    } catch (error) {
      this.#host.reportError(error, this);
    }
    if (typeof renewed === "object" && renewed !== null && !isOverAlready(renewed))
      return this.renew(renewed);
    // The application may have renewed it by itself meanwhile.
    if (!this.#session.isExpired) return;
    for (const room of this.rooms) await this.#expel(room, sessionExpired());
  }

  async #expel(room: string, error: RoomError): Promise<void> {
    const { code, message } = toRoomError(error);
    this.#memberships.abandon(room);
    if (await this.#memberships.leave(room)) this.tell({ type: "left", room, code, message });
  }

  /** Resolves when it has left everywhere. The connection is not touched. */
  async end(): Promise<void> {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#session.end();
    this.#gone.abort(disconnected());
    this.#direct.end();
    this.#outgoing.end();
    await this.#memberships.leaveAll();
  }
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

function disconnected(): RoomError {
  return new RoomError("DISCONNECTED", "Cannot wait any longer: the client has gone");
}
