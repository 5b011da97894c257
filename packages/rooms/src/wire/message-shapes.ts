// The shape of every message, and reading frames of either side by it.
import { RoomError } from "../room-error.ts";
import { type Frame, decode, decodeBytes } from "./codec.ts";
import type { Announcement, ClientMessage, ServerMessage, StoredEntry } from "./messages.ts";
import {
  anything,
  code,
  count,
  either,
  fields,
  flag,
  id,
  listOf,
  messageId,
  name,
  oneOf,
  optional,
  sentence,
  type Shape,
  together,
} from "./shape.ts";
import { isCount } from "./names.ts";
import { type Decoded, malformed } from "./wire-error.ts";
import { CLIENT_LIMITS, SERVER_LIMITS, type WireLimits } from "./wire-limits.ts";

/** The version of the protocol. */
export const VERSION = 1;
/** The most drafts in one `publish`, whatever a server allows. */
export const MAX_BATCH = 1000;

const type: Shape = anything;
const room = name;
const data = anything;
const from = optional(name);
const draft = { id: messageId, event: name, data };
const entry = { ...draft, seq: count, time: count, from };
const person = fields({ person: name, data });
const status = oneOf("up", "down");

const COMMON = {
  event: fields({ type, name, data }),
  request: fields({ type, id, name, data }),
  reply: fields({ type, re: id, data }),
  error: fields({ type, re: optional(id), code, message: sentence }),
};

const CLIENT_MESSAGES: ReadonlyMap<unknown, Shape> = new Map(
  Object.entries({
    ...COMMON,
    join: together(
      ["epoch", "seq"],
      fields({ type, id, room, epoch: optional(name), seq: optional(count), presence: optional(flag) }),
    ),
    leave: fields({ type, id, room }),
    publish: fields({
      type,
      id,
      room,
      entries: listOf(fields(draft), { min: 1, max: MAX_BATCH }),
      retry: optional(flag),
    }),
    signal: fields({ type, id, room, event: name, data }),
    history: fields({ type, id, room, before: optional(count), after: optional(count), limit: count }),
    enter: fields({ type, id, room, data }),
    exit: fields({ type, id, room }),
    present: fields({ type, id, room }),
    ping: fields({ type }),
  }),
);

const SERVER_MESSAGES: ReadonlyMap<unknown, Shape> = new Map(
  Object.entries({
    ...COMMON,
    welcome: fields({
      type,
      version: count,
      engine: status,
      limits: fields({ inFlight: id, rooms: id, batch: id, page: id, messageBytes: id }),
    }),
    joined: fields({
      type,
      re: id,
      room,
      epoch: name,
      seq: count,
      outcome: oneOf("fresh", "recovered", "gap"),
      people: optional(listOf(person)),
      total: optional(count),
    }),
    left: fields({ type, re: optional(id), room, code: optional(code), message: optional(sentence) }),
    published: fields({
      type,
      re: id,
      epoch: optional(name),
      results: listOf(
        either(fields({ seq: count, duplicate: optional(flag) }), fields({ code, message: sentence })),
      ),
    }),
    page: fields({ type, re: id, epoch: name, first: count, last: count, entries: listOf(fields(entry)) }),
    entry: fields({ type, room, epoch: name, prev: count, ...entry }),
    entries: fields({ type, room, epoch: name, prev: count, last: count, entries: listOf(fields(entry)) }),
    signal: fields({ type, room, event: name, data, from }),
    gap: fields({ type, room, epoch: name, seq: count }),
    presence: fields({ type, room, change: oneOf("enter", "update", "exit"), person: name, data }),
    people: fields({ type, re: id, people: listOf(person), total: count }),
    engine: fields({ type, status }),
    done: fields({ type, re: id }),
    pong: fields({ type }),
  }),
);

/** What is looked at of a message before it is known what it is. */
const HEAD = fields({ type: anything, id: anything });
const v = oneOf(VERSION);
const STORED_ENTRY = fields({ v, event: name, data, from });
const PRESENCE = fields({ data });
const ANNOUNCEMENT = either(
  fields({ v, kind: oneOf("signal"), event: name, data, from }),
  fields({ v, kind: oneOf("presence"), node: name, person: name, isHere: flag, data }),
);

/** A message, or why there is none; of a type that is not known also which question it was, if it was one. */
export type ReadMessage<Message> = Decoded<Message> & { readonly re?: number | undefined };

/** Reads what a client sent. Never throws. */
export function readClientMessage(
  frame: Frame,
  limits: WireLimits = SERVER_LIMITS,
): ReadMessage<ClientMessage> {
  return read(frame, limits, CLIENT_MESSAGES);
}

/** Reads what a server sent. Never throws. */
export function readServerMessage(
  frame: Frame,
  limits: WireLimits = CLIENT_LIMITS,
): ReadMessage<ServerMessage> {
  return read(frame, limits, SERVER_MESSAGES);
}

/** Reads what an engine kept. Never throws. */
export function readStoredEntry(bytes: Uint8Array, limits: WireLimits = SERVER_LIMITS): Decoded<StoredEntry> {
  return shaped(decodeBytes(bytes, limits), STORED_ENTRY);
}

/** Reads what a person said of themselves. Never throws. */
export function readPresence(
  bytes: Uint8Array,
  limits: WireLimits = SERVER_LIMITS,
): Decoded<{ readonly data?: unknown }> {
  return shaped(decodeBytes(bytes, limits), PRESENCE);
}

/** Reads what another node announced. Never throws. */
export function readAnnouncement(
  bytes: Uint8Array,
  limits: WireLimits = SERVER_LIMITS,
): Decoded<Announcement> {
  return shaped(decodeBytes(bytes, limits), ANNOUNCEMENT);
}

function read<Message>(
  frame: Frame,
  limits: WireLimits,
  shapes: ReadonlyMap<unknown, Shape>,
): ReadMessage<Message> {
  const decoded = decode(frame, limits);
  if (decoded.error !== undefined) return decoded;
  const known = HEAD(decoded.value)?.value as { readonly type?: unknown; readonly id?: unknown } | undefined;
  const kind = known?.type;
  if (typeof kind !== "string") return malformed("it has no type");
  const shape = shapes.get(kind);
  if (shape === undefined) {
    return {
      error: new RoomError("UNKNOWN_TYPE", `Cannot read the message: its type is ${kind.slice(0, 40)}`),
      re: isCount(known?.id) && known.id > 0 ? known.id : undefined,
    };
  }
  return shaped<Message>(decoded, shape);
}

function shaped<Value>(decoded: Decoded<object>, shape: Shape): Decoded<Value> {
  if (decoded.error !== undefined) return decoded;
  const checked = shape(decoded.value);
  return checked === undefined
    ? malformed("its fields are not those of its type")
    : { value: checked.value as Value };
}
