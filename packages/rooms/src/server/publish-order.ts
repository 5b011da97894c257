// Keeps the order of what one client publishes, whatever it sends before it has read an answer: behind a publish that is to be
// tried again everything else in that room is to be tried again too, until the client says that it begins again. Bounded.
import { RoomError } from "../room-error.ts";
import type { PublishMessage } from "../wire/messages.ts";

/** Rooms in which one client has something to try again; who has more cannot be kept in order, and is let go. */
const MAX_ROOMS = 1000;

export class PublishOrder {
  /** Why the first one was refused, by room. */
  readonly #refused = new Map<string, RoomError>();
  readonly #onTooMany: () => void;
  #isOver = false;

  constructor(onTooMany: () => void) {
    this.#onTooMany = onTooMany;
  }

  /** @throws RoomError for what comes behind something that was refused */
  pass({ room, retry }: PublishMessage): void {
    if (this.#isOver) throw new RoomError("OVERLOADED", "Cannot publish any more: too much was refused");
    const reason = this.#refused.get(room);
    if (reason === undefined) return;
    if (retry !== true) throw reason;
    this.#refused.delete(room);
  }

  /** A publish was answered with this error as a whole. */
  refused({ room }: PublishMessage, error: RoomError): void {
    // What will not be tried again cannot be overtaken.
    if (!error.isTemporary || this.#refused.has(room)) return;
    if (this.#refused.size >= MAX_ROOMS) {
      this.#isOver = true;
      return this.#onTooMany();
    }
    this.#refused.set(
      room,
      new RoomError(error.code, "Cannot publish that now: what came before it was refused"),
    );
  }
}
