// The rooms of one client: who asks to join is let in or not, and of several joins of one room the last one counts. What is live is
// in `Rooms`; whoever still catches up is not.
import { RoomError } from "../room-error.ts";
import type { Position } from "../room-log.ts";
import type { JoinMessage, ServerMessage } from "../wire/messages.ts";
import { leftMeanwhile, Membership } from "./membership.ts";
import type { AnyPeer, PeerHost } from "./peer-host.ts";
import { Recovery } from "./recovery.ts";
import type { Session } from "./session.ts";
import { toRoomError } from "./to-room-error.ts";

/** A join, from when it comes until it is over. */
interface Attempt {
  readonly message: JoinMessage;
  readonly abort: AbortController;
}

export class Memberships {
  readonly #host: PeerHost;
  readonly #peer: AnyPeer;
  readonly #session: Session;
  /** Sends, and resolves when there is room for more. */
  readonly #send: (message: ServerMessage) => Promise<void>;
  readonly #memberships = new Map<string, Membership>();
  /** The join that came last for each room and is not over: those before it are given up. */
  readonly #attempts = new Map<string, Attempt>();
  #hasEnded = false;

  constructor(
    host: PeerHost,
    peer: AnyPeer,
    session: Session,
    send: (message: ServerMessage) => Promise<void>,
  ) {
    this.#host = host;
    this.#peer = peer;
    this.#session = session;
    this.#send = send;
  }

  get names(): ReadonlySet<string> {
    return new Set(this.#memberships.keys());
  }

  /** Whether it is there as a person, or knows who is. */
  hasPresence(name: string): boolean {
    return this.#memberships.get(name)?.hasPresence === true;
  }

  /** A join has come, and waits for its turn: one of the same room that is under way or waits, too, is of no use any more. */
  expect(message: JoinMessage): void {
    this.#attempts.get(message.room)?.abort.abort(superseded(message.room));
    this.#attempts.set(message.room, { message, abort: new AbortController() });
  }

  /** A join that came to nothing, also where it was never begun. */
  async giveUp(message: JoinMessage): Promise<void> {
    if (this.#attempts.get(message.room)?.message !== message) return;
    this.#attempts.delete(message.room);
    if (this.#memberships.get(message.room)?.isTold === false) await this.leave(message.room);
  }

  /** @throws RoomError or EngineError; then it is not in the room, but where another join goes on */
  async join(message: JoinMessage): Promise<void> {
    const attempt = this.#attempts.get(message.room);
    if (attempt?.message !== message) throw superseded(message.room);
    try {
      await this.#join(message, attempt.abort.signal);
    } finally {
      if (this.#attempts.get(message.room) === attempt) this.#attempts.delete(message.room);
    }
  }

  async #join(message: JoinMessage, signal: AbortSignal): Promise<void> {
    const { room: name, epoch, seq } = message;
    const had = epoch === undefined || seq === undefined ? undefined : { epoch, seq };
    let membership: Membership | undefined;
    try {
      await this.#authorize(message, had);
      if (this.#hasEnded) return;
      signal.throwIfAborted();
      membership = this.#memberships.get(name) ?? this.#add(name);
      await membership.open(message.presence === true);
      signal.throwIfAborted();
      if (had === undefined) {
        membership.tellJoined(message, "fresh", membership.room.position);
        membership.goLive();
      } else await new Recovery(this.#host, membership, message, had, signal).run();
    } catch (error) {
      const { isOver, isTold } = membership ?? { isOver: false, isTold: false };
      if (signal.aborted && !isOver && !this.#hasEnded) {
        // What it had begun the other one goes on with; that it was joined it may have been told already.
        if (isTold) return;
        throw error;
      }
      // Also where it was there before, and may not be any more.
      if (!isOver) await this.leave(name);
      if (!isTold) throw error;
      const { code, message: why } = toRoomError(error);
      if (!isOver) void this.#send({ type: "left", room: name, code, message: why });
    }
  }

  async #authorize(message: JoinMessage, had: Position | undefined): Promise<void> {
    const { allow, protocol } = this.#host;
    const { room: name } = message;
    const kind = protocol.expectKind(name);
    if (message.presence === true && kind.presence === undefined) throw noPresence(name);
    await this.#session.ask(async () => {
      await allow("join", this.#peer, name);
      if (had !== undefined) await allow("recover", this.#peer, name);
      if (message.presence === true) await allow("presence", this.#peer, name);
    });
  }

  /** @throws RoomError `TOO_MANY_ROOMS` */
  #add(name: string): Membership {
    const { maxRoomsPerConnection: max } = this.#host.limits;
    if (this.#memberships.size >= max) {
      throw new RoomError(
        "TOO_MANY_ROOMS",
        `Cannot join the room "${name}": maxRoomsPerConnection is ${max}`,
      );
    }
    const membership = new Membership(name, this.#host, this.#peer, this.#send);
    this.#memberships.set(name, membership);
    return membership;
  }

  /** Stops what is under way there at once; `leave` does the rest. */
  abandon(name: string): void {
    this.#memberships.get(name)?.abandon();
    this.#attempts.get(name)?.abort.abort(leftMeanwhile(name));
  }

  /** False when it was not there. */
  async leave(name: string): Promise<boolean> {
    const membership = this.#memberships.get(name);
    if (membership === undefined) return false;
    this.#memberships.delete(name);
    await membership.end();
    return true;
  }

  async leaveAll(): Promise<void> {
    this.#hasEnded = true;
    for (const [name, { abort }] of this.#attempts) abort.abort(leftMeanwhile(name));
    const all = [...this.#memberships.values()];
    this.#memberships.clear();
    await Promise.all(all.map((membership) => membership.end()));
  }

  /** @throws RoomError or EngineError */
  async enter(name: string, data: unknown): Promise<void> {
    await this.#expect(name).enter(data);
  }

  async exit(name: string): Promise<void> {
    await this.#expect(name).exit();
  }

  #expect(name: string): Membership {
    const membership = this.#memberships.get(name);
    if (membership?.isOpen === true) return membership;
    throw new RoomError("NOT_JOINED", `Cannot do that in the room "${name}": you are not there`);
  }
}

export function noPresence(room: string): RoomError {
  return new RoomError(
    "UNKNOWN_NAME",
    `Cannot tell who is in the room "${room}": nobody declared its presence`,
  );
}

function superseded(room: string): RoomError {
  return new RoomError("NOT_JOINED", `Cannot join the room "${room}": another join of it has come`);
}
