// A person in the chat. However many tabs they have open, they are one member of a room: what is sent to the member
// goes to every tab, and the member ends when the last tab has been gone for a while.
import { EventEmitter } from "node:events";
import type { RoomMember } from "@ws/rooms";
import { CloseCode, type CloseResult, type Connection, type Message, PreparedMessage } from "@ws/server";
import type { Person } from "../shared/protocol.ts";
import { TokenBucket } from "@ws/connection";

const GONE: CloseResult = { code: CloseCode.goingAway, reason: "", wasClean: true };
const SEND_BURST = 20;
const SENDS_PER_SECOND = 4;

/** `close` tells that the person is no longer present; they may come back, and go again. */
export class Member extends EventEmitter<{ close: [result: CloseResult] }> implements RoomMember {
  readonly person: Person;
  /** The rooms the person is in, also while away: coming back means coming back to them. */
  readonly rooms: Set<string> = new Set();
  /** Messages per second, over all tabs. */
  readonly sendLimit: TokenBucket = new TokenBucket(SEND_BURST, SENDS_PER_SECOND);

  readonly #connections = new Set<Connection>();
  readonly #graceMs: number;
  #graceTimer: NodeJS.Timeout | undefined;
  #isPresent = false;

  constructor(person: Person, graceMs: number) {
    super();
    this.person = person;
    this.#graceMs = graceMs;
  }

  /** Connected, or gone so shortly that it may be a reload. */
  get isPresent(): boolean {
    return this.#isPresent;
  }

  /** Arrives; without a connection soon, the person is gone again. */
  arrive(): void {
    this.#isPresent = true;
    if (this.#connections.size === 0) this.#startGrace();
  }

  attach(connection: Connection): void {
    this.#isPresent = true;
    clearTimeout(this.#graceTimer);
    this.#connections.add(connection);
    connection.on("close", () => {
      this.#connections.delete(connection);
      if (this.#connections.size === 0 && this.#isPresent) this.#startGrace();
    });
  }

  /** Leaves for good, without grace. */
  end(code: number, reason: string): void {
    for (const connection of [...this.#connections]) void connection.close(code, reason);
    this.#connections.clear();
    this.#depart();
  }

  send(data: Message | PreparedMessage): void {
    for (const connection of this.#connections) connection.send(data);
  }

  prepare(data: Message): PreparedMessage {
    return new PreparedMessage(data);
  }

  #startGrace(): void {
    clearTimeout(this.#graceTimer);
    this.#graceTimer = setTimeout(() => this.#depart(), this.#graceMs);
    this.#graceTimer.unref();
  }

  #depart(): void {
    clearTimeout(this.#graceTimer);
    if (!this.#isPresent) return;
    this.#isPresent = false;
    this.emit("close", GONE);
  }
}
