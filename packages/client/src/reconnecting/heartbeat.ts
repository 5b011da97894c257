// Notices a dead link where there are no pings, as in browsers: after a silence it sends a message of the application's,
// and when nothing at all comes back in time, the link is dead. Owns its one timer.
import type { Message, MessageLike } from "@ws/connection";
import { reportUncaught } from "../report.ts";

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

/** A timer that rings later than this was held up, and so were the messages that came meanwhile. */
const LATE_MS = 50;

export class Heartbeat {
  readonly #intervalMs: number;
  readonly #timeoutMs: number;
  readonly #owner: HeartbeatOwner;
  #heardAt: number = performance.now();
  #isAsking = false;
  #hasAnswer = false;
  /** Whether the time for an answer was given a second time. */
  #hasMoreTime = false;
  #ringsAt = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(intervalMs: number, timeoutMs: number, owner: HeartbeatOwner) {
    this.#intervalMs = intervalMs;
    this.#timeoutMs = timeoutMs;
    this.#owner = owner;
    this.#ringIn(intervalMs);
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
    this.#hasMoreTime = false;
    try {
      this.#owner.beat();
    } catch (error) {
      // Whoever was not asked owes no answer.
      this.heard();
      reportUncaught(error);
    }
    this.#ringIn(this.#timeoutMs);
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  #look(): void {
    if (!this.#owner.isReading()) this.heard();
    if (this.#isAsking && !this.#hasAnswer) {
      const isLate = performance.now() - this.#ringsAt > LATE_MS;
      if (!isLate || this.#hasMoreTime) return this.#owner.giveUp();
      // Timers ring before anything is read: where this process or page was suspended, the answer may lie there.
      this.#hasMoreTime = true;
      return this.#ringIn(this.#timeoutMs);
    }
    this.#isAsking = false;
    const silenceMs = performance.now() - this.#heardAt;
    if (silenceMs >= this.#intervalMs) this.ask();
    else this.#ringIn(this.#intervalMs - silenceMs);
  }

  #ringIn(ms: number): void {
    clearTimeout(this.#timer);
    this.#ringsAt = performance.now() + ms;
    // Timers may ring a fraction of a millisecond early.
    this.#timer = setTimeout(() => this.#look(), Math.ceil(ms));
  }
}
