// What is known of one client, and until when. While that is asked anew nothing of it passes, and what the application was asked
// before does not hold any more.
import { MAX_TIMER_MS } from "../number-option.ts";
import { RoomError } from "../room-error.ts";
import type { PeerInfo } from "./peer.ts";

export class Session {
  /** Asks the application; settles when it has renewed the session, or will not. Never rejects. */
  readonly #onExpiry: () => Promise<void>;
  #context: unknown;
  #expiresAt: number | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isExpired = false;
  #hasEnded = false;
  /** Counts up whenever what is known of the client changes. */
  #number = 0;
  /** Resolves when all that was held for has. */
  #gate: Promise<void> | undefined;

  constructor({ context, expiresAt }: Omit<PeerInfo<unknown>, "person">, onExpiry: () => Promise<void>) {
    this.#onExpiry = onExpiry;
    this.#context = context;
    this.#expireAt(expiresAt);
  }

  get context(): unknown {
    return this.#context;
  }

  get isExpired(): boolean {
    return this.#isExpired;
  }

  renew(info: Partial<Omit<PeerInfo<unknown>, "person">>): void {
    if ("context" in info) this.#context = info.context;
    this.#expireAt(info.expiresAt);
    this.#isExpired = false;
  }

  /** It is another one from now on. */
  change(): void {
    this.#number++;
  }

  /** Lets nothing pass before that has resolved, and whatever else it waits for. */
  hold(until: Promise<void>): void {
    const gate: Promise<void> = Promise.all([this.#gate, until]).then(() => this.#release(gate));
    this.#gate = gate;
  }

  /** Resolves when it may pass. @throws RoomError `SESSION_EXPIRED` */
  async admitted(): Promise<void> {
    while (this.#gate !== undefined) await this.#gate;
    if (this.#isExpired) throw sessionExpired();
  }

  /** Asks the application, again where the session has become another one meanwhile. */
  async ask(ask: () => Promise<void>): Promise<void> {
    for (;;) {
      const number = this.#number;
      await ask();
      await this.admitted();
      if (number === this.#number) return;
    }
  }

  end(): void {
    this.#hasEnded = true;
    clearTimeout(this.#timer);
  }

  #release(gate: Promise<void>): void {
    if (this.#gate === gate) this.#gate = undefined;
  }

  #expireAt(expiresAt: number | undefined): void {
    clearTimeout(this.#timer);
    this.#expiresAt = expiresAt;
    if (expiresAt === undefined || this.#hasEnded) return;
    // A timer cannot wait for a month: it looks again.
    const waitMs = Math.min(Math.max(expiresAt - Date.now(), 0), MAX_TIMER_MS);
    this.#timer = setTimeout(() => this.#expire(), waitMs);
    // The socket keeps the process alive, as long as there is one.
    (this.#timer as { unref?: () => void }).unref?.();
  }

  #expire(): void {
    if (this.#expiresAt !== undefined && this.#expiresAt > Date.now()) return this.#expireAt(this.#expiresAt);
    this.#isExpired = true;
    this.change();
    this.hold(this.#onExpiry());
  }
}

/** One that is over already is none, or it would be asked about again at once, and for ever. */
export function isOverAlready({ expiresAt }: { readonly expiresAt?: number | undefined }): boolean {
  return expiresAt !== undefined && !(expiresAt > Date.now());
}

export function sessionExpired(): RoomError {
  return new RoomError("SESSION_EXPIRED", "Cannot do that: the session has expired");
}
