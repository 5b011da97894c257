// Texts from the other side to events. Nothing here trusts anything: what does not fit, down to the last field, is
// undefined, and the caller answers that.
import * as v from "valibot";
import { LIMITS } from "./limits.ts";
import { isRoom } from "./names.ts";
import type {
  ChatMessage,
  ClientEvent,
  ErrorCode,
  JoinedRoom,
  Person,
  Position,
  Recovery,
  RoomSummary,
  ServerEvent,
  SessionAnswer,
} from "./protocol.ts";

const id = v.pipe(v.string(), v.minLength(1), v.maxLength(64), v.regex(/^[\w-]+$/));
const room = v.pipe(v.string(), v.check(isRoom));
const seq = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const position: v.GenericSchema<unknown, Position> = v.strictObject({ epoch: id, seq });

/** A text that may be a message: neither empty nor too long, and without control characters but tabs and line breaks. */
export function isMessageText(value: string): boolean {
  return value.length <= LIMITS.text && value.trim() !== "" && !hasControlCharacters(value);
}

function hasControlCharacters(value: string): boolean {
  for (let i = 0; i < value.length; i++) {
    const code = value.charCodeAt(i);
    if ((code < 0x20 && code !== 0x09 && code !== 0x0a) || code === 0x7f) return true;
  }
  return false;
}

// Strict: an event with a field more is not an event of this protocol.
const clientEvent: v.GenericSchema<unknown, ClientEvent> = v.variant("type", [
  v.strictObject({ type: v.literal("join"), room, after: v.exactOptional(position) }),
  v.strictObject({ type: v.literal("leave"), room }),
  v.strictObject({
    type: v.literal("send"),
    room,
    id,
    text: v.pipe(v.string(), v.check(isMessageText)),
  }),
  v.strictObject({ type: v.literal("typing"), room, isTyping: v.boolean() }),
  v.strictObject({ type: v.literal("ping") }),
]);

/** Reads what a page sent; undefined for anything that is not exactly an event. */
export function decodeClientEvent(text: string): ClientEvent | undefined {
  return decode(clientEvent, text);
}

// The page is looser: a newer server may add fields, which are ignored.
const person: v.GenericSchema<unknown, Person> = v.object({ id, name: v.string() });
const message: v.GenericSchema<unknown, ChatMessage> = v.object({
  id,
  seq,
  author: person,
  at: v.pipe(v.number(), v.safeInteger()),
  text: v.string(),
});
const summary: v.GenericSchema<unknown, RoomSummary> = v.object({ room, members: seq });
const joinedRoom: v.GenericSchema<unknown, JoinedRoom> = v.object({ room, position });
const recovery: v.GenericSchema<unknown, Recovery> = v.picklist(["fresh", "recovered", "gap"]);
const errorCode: v.GenericSchema<unknown, ErrorCode> = v.picklist([
  "malformed",
  "rate-limited",
  "too-many-rooms",
  "not-a-member",
  "internal",
]);

const serverEvent: v.GenericSchema<unknown, ServerEvent> = v.variant("type", [
  v.object({
    type: v.literal("welcome"),
    you: person,
    joined: v.array(joinedRoom),
    rooms: v.array(summary),
  }),
  v.object({
    type: v.literal("joined"),
    room,
    recovery,
    position,
    messages: v.array(message),
    members: v.array(person),
  }),
  v.object({ type: v.literal("left"), room }),
  v.object({ type: v.literal("message"), room, epoch: id, message }),
  v.object({ type: v.literal("member-joined"), room, person }),
  v.object({ type: v.literal("member-left"), room, personId: id }),
  v.object({ type: v.literal("typing"), room, personId: id, isTyping: v.boolean() }),
  v.object({ type: v.literal("rooms"), changed: v.array(summary) }),
  v.object({ type: v.literal("pong") }),
  v.object({
    type: v.literal("error"),
    code: errorCode,
    reason: v.string(),
    room: v.exactOptional(room),
    id: v.exactOptional(id),
    retryAfterMs: v.exactOptional(v.number()),
  }),
]);

/** Reads what the server sent; undefined for anything this page does not understand. */
export function decodeServerEvent(text: string): ServerEvent | undefined {
  return decode(serverEvent, text);
}

const sessionAnswer: v.GenericSchema<unknown, SessionAnswer> = v.union([
  v.object({ you: v.nullable(person) }),
  v.object({ error: v.picklist(["name-taken", "name-invalid", "too-many"]), reason: v.string() }),
]);

/** Reads an answer of `/api/session`. */
export function decodeSessionAnswer(text: string): SessionAnswer | undefined {
  return decode(sessionAnswer, text);
}

const enterRequest: v.GenericSchema<unknown, { name: string }> = v.strictObject({ name: v.string() });

/** Reads the body of a request to enter. */
export function decodeEnterRequest(text: string): { readonly name: string } | undefined {
  return decode(enterRequest, text);
}

function decode<Value>(schema: v.GenericSchema<unknown, Value>, text: string): Value | undefined {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return undefined;
  }
  const result = v.safeParse(schema, json, { abortEarly: true });
  return result.success ? result.output : undefined;
}
