// What we find in Redis, judged like what a peer sends: others can write there too, by mistake or not.
import type { RoomEntry } from "@ws/rooms";
import { MAX_ID_LENGTH } from "@ws/rooms/engine";

const ID = /^[!-~]+$/;

/** An entry as it came, nothing of it looked at. */
export interface RawEntry {
  readonly epoch: string;
  readonly seq: number;
  readonly time: number;
  readonly id: Buffer;
  readonly data: Buffer;
}

/** @returns what is wrong with it, instead of an entry */
export function checkEntry(raw: RawEntry, maxEntryBytes: number): RoomEntry | string {
  const { epoch, seq, time, id, data } = raw;
  if (!isSeq(seq)) return `its number is ${seq}`;
  if (!Number.isSafeInteger(time) || time < 0) return `its time is ${time}`;
  if (id.length > MAX_ID_LENGTH) return `its id is ${id.length} bytes long`;
  const text = id.toString("latin1");
  if (!ID.test(text)) return "its id is not made of printable ASCII characters";
  if (data.length > maxEntryBytes)
    return `its data is ${data.length} bytes long: maxEntryBytes is ${maxEntryBytes}`;
  return { epoch, seq, time, id: text, data: copy(data) };
}

/** @returns what is wrong with it, instead of an entry */
export function checkStreamEntry(epoch: string, raw: unknown, maxEntryBytes: number): RoomEntry | string {
  if (!Array.isArray(raw) || !Buffer.isBuffer(raw[0])) return "it is no entry of a stream";
  const place = /^(\d{1,16})-0$/.exec(raw[0].toString("latin1", 0, 64));
  if (place === null) return "its place in the stream is not one of ours";
  const fields: unknown = raw[1];
  if (!Array.isArray(fields) || fields.length !== 6 || !fields.every((field) => Buffer.isBuffer(field))) {
    return "it has other fields than ours";
  }
  const [i, id, t, time, d, data] = fields as [Buffer, Buffer, Buffer, Buffer, Buffer, Buffer];
  if (String(i) !== "i" || String(t) !== "t" || String(d) !== "d") return "it has other fields than ours";
  const digits = time.toString("latin1", 0, 32);
  if (!/^\d{1,16}$/.test(digits)) return "its time is not a number";
  return checkEntry({ epoch, seq: Number(place[1]), time: Number(digits), id, data }, maxEntryBytes);
}

export function isSeq(value: number): boolean {
  return Number.isSafeInteger(value) && value > 0;
}

/** Bytes of its own: those of Redis are a view of all that came with them, which would be kept along. */
export function copy(bytes: Buffer): Uint8Array {
  return new Uint8Array(bytes);
}
