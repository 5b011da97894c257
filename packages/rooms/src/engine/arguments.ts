// Checks what an engine is called with: mistakes of the caller, told apart from what goes wrong with the engine.
import type { NewEntry, ReadRange } from "../room-log.ts";

/** In UTF-16 code units. */
export const MAX_ROOM_LENGTH = 200;
/** In characters. */
export const MAX_ID_LENGTH = 200;

/** @throws TypeError for what is no string; RangeError for one that is empty or too long */
export function checkRoom(room: string): void {
  if (typeof room !== "string") {
    throw new TypeError(`Cannot use a value of type ${typeof room} as a room: it must be a string`);
  }
  if (room.length === 0 || room.length > MAX_ROOM_LENGTH) {
    throw new RangeError(
      `Cannot use a name of ${room.length} code units for a room: there must be 1 to ${MAX_ROOM_LENGTH}`,
    );
  }
}

/** @throws RangeError for an id that is no id; TypeError for data that is not bytes */
export function checkEntries(entries: readonly NewEntry[]): void {
  for (const { id, data } of entries) {
    if (typeof id !== "string" || id.length > MAX_ID_LENGTH || !/^[!-~]+$/.test(id)) {
      throw new RangeError(
        `Cannot append an entry: its id must be 1 to ${MAX_ID_LENGTH} printable ASCII characters`,
      );
    }
    if (!(data instanceof Uint8Array)) {
      throw new TypeError(`Cannot append an entry with data of type ${typeof data}: it must be a Uint8Array`);
    }
  }
}

/** @throws RangeError for a limit or a position that is no whole number, or too small */
export function checkRange(range: ReadRange): void {
  const from = "after" in range ? range.after : (range.before ?? 0);
  if (!Number.isSafeInteger(from) || from < 0) {
    throw new RangeError(`Cannot read from ${from}: it must be a whole number from 0`);
  }
  if (!Number.isSafeInteger(range.limit) || range.limit < 1) {
    throw new RangeError(`Cannot read ${range.limit} entries: limit must be a whole number from 1`);
  }
}
