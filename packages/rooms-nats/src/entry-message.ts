// An entry as a message of NATS: its data as they are, everything else in headers. What is read is untrusted: anybody who
// may publish to the subject could have put it there.
import { headers, type MsgHdrs } from "@nats-io/transport-node";
import { MAX_ID_LENGTH } from "@ws/rooms/engine";
import type { NewEntry, RoomEntry } from "@ws/rooms";
import { token } from "./subjects.ts";

/** Known to JetStream: a message with an id that the stream has seen within its window is not stored again. */
const MESSAGE_ID = "Nats-Msg-Id";
/**
 * When it was appended, by the clock of the node that appended it. The stream knows better, but servers before 2.11 do not say
 * so where they pass a message on, and what is heard must not differ from what is read.
 */
const TIME = "Room-Time";
/** See `readFloor`. */
const FLOOR = "Room-Floor";
const MAX_TIME = 8.64e15;

/** @param floor of the first message of a room, or of the first after all others were forgotten */
export function entryHeaders(room: string, entry: NewEntry, floor?: number): MsgHdrs {
  const head = headers();
  // A window is the stream's, and an id is the room's.
  head.set(MESSAGE_ID, `${token(room)}:${entry.id}`);
  head.set(TIME, `${Date.now()}`);
  if (floor !== undefined) head.set(FLOOR, `${floor}`);
  return head;
}

/** Where a message stands. */
export interface MessagePlace {
  readonly room: string;
  readonly epoch: string;
  readonly seq: number;
  /** The number before it in its room; unknown where it is read. */
  readonly previous?: number;
}

/** @returns `undefined` for what no node of ours has published */
export function decodeEntry(
  place: MessagePlace,
  head: MsgHdrs | undefined,
  data: Uint8Array,
): RoomEntry | undefined {
  if (head === undefined || !Number.isSafeInteger(place.seq) || place.seq < 1) return undefined;
  const scope = `${token(place.room)}:`;
  const scoped = head.get(MESSAGE_ID);
  const time = wholeNumber(head.get(TIME), MAX_TIME);
  if (!scoped.startsWith(scope) || time === undefined) return undefined;
  const id = scoped.slice(scope.length);
  if (id.length > MAX_ID_LENGTH || !/^[!-~]+$/.test(id)) return undefined;
  const { epoch, seq, previous = seq - 1 } = place;
  // A view: the client's buffer may hold other messages too, and is not used again.
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  return { epoch, seq, id, data: bytes, time, ...(previous === seq - 1 ? {} : { previous }) };
}

/**
 * What a message says about what came before it: nothing from this number on was there, so a room whose oldest message says
 * so has lost nothing since. Written with the first message of a room.
 */
export function readFloor(head: MsgHdrs | undefined): number | undefined {
  return head === undefined ? undefined : wholeNumber(head.get(FLOOR), Number.MAX_SAFE_INTEGER);
}

/** @returns `undefined` for text that is no whole number from 0 to `max` */
export function wholeNumber(text: string, max: number): number | undefined {
  if (!/^\d{1,16}$/.test(text)) return undefined;
  const value = Number(text);
  return value <= max ? value : undefined;
}
