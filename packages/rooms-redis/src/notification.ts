// What comes by pub/sub: entries that were appended, as the append script packs them, or an announcement. Pure.
//   "E" · length of the epoch (1) · epoch · and for each entry: seq (8, a double) · time (8, a double) · length of the id (2)
//   · length of the data (4), all ones where it is not told · id · data
//   "A" · what is announced
import { ENTRIES_MARK, NOT_TOLD } from "./append-script.ts";
import { copy, isSeq, type RawEntry } from "./entry.ts";

const ANNOUNCEMENT_MARK = "A";
const ENTRY_HEAD_BYTES = 22;
const MAX_EPOCH_BYTES = 64;

/** What a notification says. Data that is `undefined` has to be read. */
export type Notification =
  | { readonly type: "entries"; readonly entries: readonly (RawEntry | Pick<RawEntry, "epoch" | "seq">)[] }
  | { readonly type: "announcement"; readonly data: Uint8Array };

export function encodeAnnouncement(data: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from(ANNOUNCEMENT_MARK), data]);
}

/** @returns what is wrong with it, instead of a notification */
export function decodeNotification(payload: Buffer): Notification | string {
  const mark = payload.toString("latin1", 0, 1);
  if (mark === ANNOUNCEMENT_MARK) return { type: "announcement", data: copy(payload.subarray(1)) };
  if (mark !== ENTRIES_MARK || payload.length < 2) return "it is neither of entries nor an announcement";
  const epochEnd = 2 + payload.readUInt8(1);
  if (epochEnd > payload.length || epochEnd > 2 + MAX_EPOCH_BYTES) return "its epoch is too long";
  const epoch = payload.toString("latin1", 2, epochEnd);
  const entries: (RawEntry | Pick<RawEntry, "epoch" | "seq">)[] = [];
  for (let at = epochEnd; at < payload.length;) {
    if (at + ENTRY_HEAD_BYTES > payload.length) return "it breaks off";
    const seq = payload.readDoubleBE(at);
    if (!isSeq(seq)) return `it tells of an entry with the number ${seq}`;
    const time = payload.readDoubleBE(at + 8);
    const idStart = at + ENTRY_HEAD_BYTES;
    const idEnd = idStart + payload.readUInt16BE(at + 16);
    const size = payload.readUInt32BE(at + 18);
    const end = size === NOT_TOLD ? idEnd : idEnd + size;
    if (end > payload.length) return "it breaks off";
    if (size === NOT_TOLD) entries.push({ epoch, seq });
    else {
      const [id, data] = [payload.subarray(idStart, idEnd), payload.subarray(idEnd, end)];
      entries.push({ epoch, seq, time, id, data });
    }
    at = end;
  }
  return { type: "entries", entries };
}
