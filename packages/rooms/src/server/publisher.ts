// Saying something in a room, for whoever has an engine and no sockets: another process, a job, and the server itself.
import {
  ownEntry,
  type RoomKind,
  type RoomsDefinition,
  type RoomsProtocol,
  unknownName,
} from "../definition/define-rooms.ts";
import type {
  EventInput,
  EventName,
  KindOf,
  RoomName,
  SignalInput,
  SignalName,
} from "../definition/names-of.ts";
import { expectValid, type StandardSchema } from "../definition/standard-schema.ts";
import { numberOption } from "../number-option.ts";
import { DEFAULT_MAX_ENTRY_BYTES } from "./server-limits.ts";
import { randomId } from "../random-id.ts";
import { RoomError } from "../room-error.ts";
import type { Appended, RoomLog } from "../room-log.ts";
import { encodeBytes } from "../wire/codec.ts";
import { VERSION } from "../wire/message-shapes.ts";
import type { Announcement, StoredEntry } from "../wire/messages.ts";
import { isMessageId, isName } from "../wire/names.ts";
import { entryId } from "./entry-id.ts";

/** Who says something, and under which id. */
export interface PublishOptions {
  /** Who members are told it is from. Default: nobody. */
  readonly from?: string;
  /**
   * 1 to 64 of `A–Z a–z 0–9 _ -`: publishing twice under one id within the engine's `dedupeMs` publishes once. Default: a random one.
   */
  readonly id?: string;
}

/** Options of a {@link RoomPublisher}. */
export interface RoomPublisherOptions {
  /** One message as it is remembered, in bytes: what the servers have as `maxEntryBytes`. Default: 64 KiB. */
  readonly maxEntryBytes?: number;
}

/**
 * Publishes in rooms without being a server of sockets; members on all nodes hear it.
 *
 * @example
 * ```ts
 * const publisher = new RoomPublisher(protocol, log);
 * await publisher.publish("chat/lobby", "message", { text: "The server restarts at noon" });
 * ```
 */
export class RoomPublisher<const Definition extends RoomsDefinition> {
  readonly #protocol: RoomsProtocol<Definition>;
  readonly #log: RoomLog;

  readonly #maxEntryBytes: number;

  /** @throws TypeError or RangeError for an option that makes no sense */
  constructor(protocol: RoomsProtocol<Definition>, log: RoomLog, options: RoomPublisherOptions = {}) {
    this.#protocol = protocol;
    this.#log = log;
    this.#maxEntryBytes = numberOption(options, "maxEntryBytes", DEFAULT_MAX_ENTRY_BYTES, undefined, 1);
  }

  /**
   * Says something that is remembered.
   *
   * @returns where it is, once it is as safe as the engine makes anything
   * @throws RoomError `UNKNOWN_NAME`, `INVALID`, `TOO_LARGE`; EngineError; TypeError for an id that cannot be; RangeError for data that
   * is too deep, or has too many values
   */
  async publish<Room extends RoomName<Definition>, Name extends EventName<KindOf<Definition, Room>>>(
    room: Room,
    event: Name,
    data: EventInput<KindOf<Definition, Room>, Name>,
    { from, id = randomId() }: PublishOptions = {},
  ): Promise<Appended> {
    if (!isMessageId(id)) throw new TypeError("Cannot publish: an id has 1 to 64 of A–Z a–z 0–9 _ -");
    assertFrom(from);
    const schema = eventSchema(this.#protocol.expectKind(room), event);
    await expectValid(schema, data, `event "${event}"`);
    const bytes = encodeEntry({ v: VERSION, event, data, from });
    // Servers leave out what is larger, and nobody would hear it.
    assertSize(bytes, "maxEntryBytes", this.#maxEntryBytes);
    const [appended] = await this.#log.append(room, [
      { id: entryId({ kind: "application" }, id), data: bytes },
    ]);
    return appended!;
  }

  /**
   * Says something to those who are there now; it is not remembered.
   *
   * @throws RoomError `UNKNOWN_NAME`, `INVALID`, `TOO_LARGE`; EngineError; RangeError as for `publish`
   */
  async signal<Room extends RoomName<Definition>, Name extends SignalName<KindOf<Definition, Room>>>(
    room: Room,
    event: Name,
    data: SignalInput<KindOf<Definition, Room>, Name>,
    { from }: Pick<PublishOptions, "from"> = {},
  ): Promise<void> {
    assertFrom(from);
    const schema = signalSchema(this.#protocol.expectKind(room), event);
    await expectValid(schema, data, `signal "${event}"`);
    const bytes = encodeAnnouncement({ v: VERSION, kind: "signal", event, data, from });
    assertSize(bytes, "maxEntryBytes", this.#maxEntryBytes);
    await this.#log.announce(room, bytes);
  }
}

/** @throws RoomError `UNKNOWN_NAME` */
export function eventSchema(kind: RoomKind, event: string): StandardSchema {
  const schema = ownEntry(kind.events, event);
  if (schema === undefined) throw unknownName("event", event);
  return schema;
}

/** @throws RoomError `UNKNOWN_NAME` */
export function signalSchema(kind: RoomKind, event: string): StandardSchema {
  const schema = ownEntry(kind.signals, event);
  if (schema === undefined) throw unknownName("signal", event);
  return schema;
}

/** @throws TypeError or RangeError for data that JSON cannot hold */
export function encodeEntry(entry: StoredEntry): Uint8Array {
  return encodeBytes(entry);
}

export function encodeAnnouncement(announcement: Announcement): Uint8Array {
  return encodeBytes(announcement);
}

/** @throws RoomError `TOO_LARGE` */
export function assertSize(bytes: Uint8Array, name: string, limit: number): void {
  if (bytes.length <= limit) return;
  throw new RoomError("TOO_LARGE", `Cannot take data of ${bytes.length} bytes: ${name} is ${limit}`);
}

function assertFrom(from: string | undefined): void {
  if (from !== undefined && !isName(from))
    throw new TypeError("Cannot publish: a person's name has 1 to 200 characters");
}
