// What this client says of itself in one room: told to the server, again after each break, until it is taken back.
import { RoomError } from "../room-error.ts";
import type { ClientHost } from "./client-host.ts";
import type { MembershipState } from "./membership.ts";
import { RetryTimer } from "./retry-timer.ts";

interface Said {
  readonly data: unknown;
  readonly told: (error?: Error) => void;
}

export class OwnPresence {
  readonly #room: string;
  readonly #host: ClientHost;
  readonly #state: () => MembershipState;
  readonly #retry = new RetryTimer(() => this.announce());
  #said: Said | undefined;

  constructor(room: string, host: ClientHost, state: () => MembershipState) {
    this.#room = room;
    this.#host = host;
    this.#state = state;
  }

  /** Resolves when it is known; rejects with a RoomError where it is refused. */
  enter(data: unknown): Promise<void> {
    if (this.#state() === "left") return Promise.reject(notThere(this.#room));
    this.#said?.told();
    this.#retry.reset();
    return new Promise((resolve, reject) => {
      this.#said = { data, told: (error) => (error === undefined ? resolve() : reject(error)) };
      this.announce();
    });
  }

  /** @returns whether there was anything to take back */
  exit(): boolean {
    if (this.#said === undefined) return false;
    this.#said.told();
    this.#said = undefined;
    this.#retry.stop();
    return true;
  }

  close(error: RoomError): void {
    this.#retry.stop();
    this.#said?.told(error);
  }

  /** Tells the server, if there is anything to tell. */
  announce(): void {
    const said = this.#said;
    if (said === undefined || this.#state() !== "joined") return;
    this.#host.asker.ask({
      build: (id) => ({ type: "enter", id, room: this.#room, data: said.data }),
      timeoutMs: this.#host.options.answerTimeoutMs,
      mayWait: false,
      isOwn: true,
      onAnswer: () => {
        this.#retry.reset();
        said.told();
      },
      onError: (error) => {
        const code = error instanceof RoomError ? error.code : "";
        // With the room it is told again.
        if (code === "DISCONNECTED" || code === "NOT_JOINED") return;
        if (code === "ENGINE_DOWN" || code === "OVERLOADED" || code === "TIMEOUT") return this.#retry.wait();
        if (this.#said === said) this.#said = undefined;
        said.told(error);
      },
    });
  }
}

function notThere(room: string): RoomError {
  return new RoomError("NOT_JOINED", `Cannot do that in the room "${room}": it was left`);
}
