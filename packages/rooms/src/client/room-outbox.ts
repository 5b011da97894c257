// What is published in one room from the call on: validated in order, given its place in the client's queue, and then the publish
// queue's. Does not know whether anybody listens to the room.
import { ownEntry, type RoomKind, unknownName } from "../definition/define-rooms.ts";
import { validate, type Validated } from "../definition/standard-schema.ts";
import { InOrder } from "../in-order.ts";
import { randomId } from "../random-id.ts";
import type { RoomError } from "../room-error.ts";
import { measure } from "../wire/codec.ts";
import { isMessageId } from "../wire/names.ts";
import { CLIENT_LIMITS, SERVER_LIMITS } from "../wire/wire-limits.ts";
import type { ClientHost } from "./client-host.ts";
import {
  type Outgoing,
  type Publication,
  type PublicationState,
  PublishQueue,
  type PublishResult,
} from "./publish-queue.ts";

/** What servers take, but for the bytes of a message, which each says itself. */
const PUBLISH_LIMITS = { ...SERVER_LIMITS, maxMessageBytes: CLIENT_LIMITS.maxMessageBytes };

/** How a message is published. */
export interface PublishMessageOptions {
  /** 1 to 64 of `A–Z a–z 0–9 _ -`: published twice under one id it is published once. Default: 128 random bits. */
  readonly id?: string;
  /** Told of each state, the last one too. */
  readonly onState?: (state: PublicationState) => void;
}

export class RoomOutbox {
  readonly #kind: RoomKind;
  readonly #host: ClientHost;
  readonly #queue: PublishQueue;
  /** What is validated before it is published: in order, as it was said. */
  readonly #validating = new InOrder();
  #closed: RoomError | undefined;

  constructor(room: string, kind: RoomKind, host: ClientHost) {
    this.#kind = kind;
    this.#host = host;
    this.#queue = new PublishQueue({
      room,
      asker: host.asker,
      answerTimeoutMs: host.options.answerTimeoutMs,
      retryWindowMs: host.options.retryWindowMs,
      limits: host.serverLimits,
      onSettled: (bytes) => host.queueRoom.give(bytes),
    });
  }

  /** @throws RoomError `UNKNOWN_NAME`, or `INVALID` where the validator says so at once; TypeError or RangeError for what no server takes */
  publish(
    event: string,
    data: unknown,
    { id = randomId(), onState }: PublishMessageOptions = {},
  ): Publication {
    if (!isMessageId(id)) throw new TypeError("Cannot publish: an id has 1 to 64 of A–Z a–z 0–9 _ -");
    const schema = ownEntry(this.#kind.events, event);
    if (schema === undefined) throw unknownName("event", event);
    const validated = validate(schema, data, `event "${event}"`);
    if (!(validated instanceof Promise) && validated.error !== undefined) throw validated.error;
    // As it will be sent, so that what is too deep for a server is noticed here.
    const size = measure({ entries: [{ id, event, data }] }, PUBLISH_LIMITS);
    let settle!: (result: PublishResult) => void;
    const result = new Promise<PublishResult>((resolve) => (settle = resolve));
    const outgoing: Outgoing = {
      id,
      event,
      data,
      size,
      state: "queued",
      sentAt: undefined,
      settle,
      onState,
    };
    this.#enqueue(outgoing, validated);
    return {
      id,
      result,
      get state() {
        return outgoing.state;
      },
    };
  }

  /** There is a connection, or the engine is up again. */
  wake(): void {
    this.#queue.wake();
  }

  /** What was not published fails with that error, and so does what comes. */
  close(error: RoomError): void {
    this.#closed ??= error;
    this.#queue.close(error);
  }

  /** Lets it wait, and be sent when its validator has taken it. */
  #enqueue(outgoing: Outgoing, validated: Validated | Promise<Validated>): void {
    const { bytes } = outgoing.size;
    const refusal = this.#closed ?? this.#host.queueRoom.take(bytes);
    if (refusal !== undefined) return fail(outgoing, refusal);
    const push = ({ error }: Validated): void => {
      const reason = error ?? this.#closed;
      if (reason === undefined) return this.#queue.push(outgoing);
      this.#host.queueRoom.give(bytes);
      fail(outgoing, reason);
    };
    this.#validating.run(() => (validated instanceof Promise ? validated.then(push) : push(validated)));
  }
}

function fail(outgoing: Outgoing, error: RoomError): void {
  outgoing.state = "failed";
  outgoing.onState?.("failed");
  outgoing.settle({ status: "failed", error, wasSent: false });
}
