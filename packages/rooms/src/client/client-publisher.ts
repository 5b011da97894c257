// A room that a client publishes in without being there: what is said in it does not come back.
import type { RoomKind } from "../definition/define-rooms.ts";
import type { EventInput, EventName } from "../definition/names-of.ts";
import { RoomError } from "../room-error.ts";
import type { ClientHost } from "./client-host.ts";
import type { Publication } from "./publish-queue.ts";
import { type PublishMessageOptions, RoomOutbox } from "./room-outbox.ts";

/** Publishes in one room, which is not joined for it. Get one from `RoomClient.publisher`. */
export class ClientPublisher<Kind extends RoomKind> {
  /** The name of the room. */
  readonly name: string;
  readonly #outbox: RoomOutbox;
  readonly #onClose: () => void;

  /** Get one from `RoomClient.publisher`. */
  constructor(name: string, kind: RoomKind, host: ClientHost, onClose: () => void) {
    this.name = name;
    this.#outbox = new RoomOutbox(name, kind, host);
    this.#onClose = onClose;
  }

  /**
   * Publishes a message that is remembered, as `ClientRoom.publish` does: what is published here keeps its order.
   *
   * @throws RoomError `UNKNOWN_NAME`, or `INVALID` where the validator says so at once; TypeError or RangeError for what no server takes
   */
  publish<Name extends EventName<Kind>>(
    event: Name,
    data: EventInput<Kind, Name>,
    options?: PublishMessageOptions,
  ): Publication {
    return this.#outbox.publish(event, data, options);
  }

  /** Publishes no more: messages that wait fail as `CLOSED`, and nobody knows of those that were sent. Safe to call twice. */
  close(): void {
    this.end(new RoomError("CLOSED", `Cannot publish in the room "${this.name}": its publisher was closed`));
    this.#onClose();
  }

  /** @internal */
  wake(): void {
    this.#outbox.wake();
  }

  /** @internal */
  end(error: RoomError): void {
    this.#outbox.close(error);
  }
}
