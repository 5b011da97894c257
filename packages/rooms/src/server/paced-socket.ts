// Sending to one client as fast as it takes it, for those who can wait.
import type { ServerMessage } from "../wire/messages.ts";
import { frameFor } from "./local-room.ts";
import type { RoomSocket } from "./room-socket.ts";

export class PacedSocket {
  readonly #socket: RoomSocket;
  #waiting: (() => void)[] = [];
  #isBackedUp = false;
  #hasEnded = false;

  constructor(socket: RoomSocket) {
    this.#socket = socket;
    socket.on("drain", () => this.#drain());
  }

  /** Much waits for the client already. */
  get isBackedUp(): boolean {
    return this.#isBackedUp;
  }

  /** Sends at once; resolves when there is room for more, or will never be any. */
  send(message: ServerMessage): Promise<void> {
    if (this.#hasEnded) return Promise.resolve();
    this.#isBackedUp = this.#socket.send(frameFor(message)) === false;
    if (!this.#isBackedUp || this.#hasEnded) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** Nothing is sent any more, and nobody waits. */
  end(): void {
    this.#hasEnded = true;
    this.#drain();
  }

  #drain(): void {
    this.#isBackedUp = false;
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}
