// What an engine hands out is untrusted: somebody else may have written it. Looks at its shape and size, not at what it says.
import type { RoomEntry } from "../room-log.ts";

/** @returns what is wrong with it; `undefined` where nothing is */
export function unsound(entry: RoomEntry, maxBytes: number): string | undefined {
  const { epoch, seq, id, data, time, previous }: { readonly [Key in keyof RoomEntry]: unknown } = entry;
  if (typeof epoch !== "string" || epoch === "" || epoch.length > 200) return "its epoch is no name";
  if (!Number.isSafeInteger(seq) || (seq as number) < 1) return "its seq is no number from 1";
  if (previous !== undefined && (!Number.isSafeInteger(previous) || (previous as number) < 0)) {
    return "its previous is no number from 0";
  }
  if (typeof id !== "string" || id === "" || id.length > 200) return "its id is no id";
  if (!Number.isFinite(time)) return "its time is no time";
  if (!(data instanceof Uint8Array)) return "its data is not bytes";
  return data.length > maxBytes ? `its ${data.length} bytes are more than ${maxBytes}` : undefined;
}
