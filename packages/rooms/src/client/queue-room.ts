// How much room is left for published messages that wait, of all rooms of a client together.
import { RoomError } from "../room-error.ts";
import type { ResolvedClientOptions } from "./client-options.ts";

export class QueueRoom {
  readonly #limits: Pick<ResolvedClientOptions, "maxQueuedMessages" | "maxQueuedBytes">;
  #messages = 0;
  #bytes = 0;

  constructor(limits: Pick<ResolvedClientOptions, "maxQueuedMessages" | "maxQueuedBytes">) {
    this.#limits = limits;
  }

  /** Room for another message, until it is given back. @returns why there is none */
  take(bytes: number): RoomError | undefined {
    const { maxQueuedMessages, maxQueuedBytes } = this.#limits;
    if (this.#messages >= maxQueuedMessages || this.#bytes + bytes > maxQueuedBytes) {
      const waiting = `${this.#messages} messages of ${this.#bytes} bytes wait already`;
      return new RoomError("QUEUE_FULL", `Cannot publish: ${waiting}`);
    }
    this.#messages++;
    this.#bytes += bytes;
    return undefined;
  }

  give(bytes: number): void {
    this.#messages--;
    this.#bytes -= bytes;
  }
}
