// Notices a dead link where there are no pings, as in browsers: after a silence it sends a message of the application's,
// and when nothing at all comes back in time, the link is dead. Owns its one timer.
import type { Message, MessageLike } from "@ws/connection";

/** A heartbeat of the application's own, for servers that answer it. */
export interface HeartbeatOptions {
  /** What to send, or what makes it. */
  readonly message: MessageLike | (() => MessageLike);
  /** The silence of the server after which it is sent, in milliseconds. Default: 25 000. */
  readonly intervalMs?: number;
  /** How long the server has to send anything at all after it, in milliseconds. Default: 10 000. */
  readonly timeoutMs?: number;
  /** Says which messages are mere replies: they are not delivered. Default: all messages are delivered. */
  readonly isReply?: (message: Message) => boolean;
}

/** {@link HeartbeatOptions} with the times filled in. */
export type ResolvedHeartbeatOptions = HeartbeatOptions & {
  readonly intervalMs: number;
  readonly timeoutMs: number;
};

/** What a {@link Heartbeat} needs of its owner. */
export interface HeartbeatOwner {
  /** Sends the message. */
  beat(): void;
  /** The link is dead. */
  giveUp(): void;
  /** Whether what the server sends is being read: what is not cannot prove it dead. */
  isReading(): boolean;
}

export class Heartbeat {
  readonly #intervalMs: number;
  readonly #timeoutMs: number;
  readonly #owner: HeartbeatOwner;
  #heardAt: number = performance.now();
  #isAsking = false;
  #hasAnswer = false;
  #timer: ReturnType<typeof setTimeout>;

  constructor(intervalMs: number, timeoutMs: number, owner: HeartbeatOwner) {
    this.#intervalMs = intervalMs;
    this.#timeoutMs = timeoutMs;
    this.#owner = owner;
    this.#timer = setTimeout(() => this.#look(), intervalMs);
  }

  /** Something came. The timer stays as it is, and finds out when it rings. */
  heard(): void {
    this.#heardAt = performance.now();
    this.#hasAnswer = true;
  }

  /** Asks now, whatever the silence: the device may have slept. */
  ask(): void {
    if (this.#isAsking) return;
    this.#isAsking = true;
    this.#hasAnswer = false;
    this.#owner.beat();
    this.#ringIn(this.#timeoutMs);
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  #look(): void {
    if (!this.#owner.isReading()) this.heard();
    if (this.#isAsking && !this.#hasAnswer) return this.#owner.giveUp();
    this.#isAsking = false;
    const silenceMs = performance.now() - this.#heardAt;
    if (silenceMs >= this.#intervalMs) this.ask();
    else this.#ringIn(this.#intervalMs - silenceMs);
  }

  #ringIn(ms: number): void {
    clearTimeout(this.#timer);
    // Timers may ring a fraction of a millisecond early.
    this.#timer = setTimeout(() => this.#look(), Math.ceil(ms));
  }
}
