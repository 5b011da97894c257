// Reads what an engine kept as something of a stranger's: of what nobody of ours has written nothing gets further.
import type { RoomEntry } from "../room-log.ts";
import { readStoredEntry } from "../wire/message-shapes.ts";
import type { WireEntry } from "../wire/messages.ts";
import { SERVER_LIMITS } from "../wire/wire-limits.ts";
import { messageIdOf } from "./entry-id.ts";

/** What members are told of an entry; nothing of one that cannot be read, which is reported. */
export function readEntry(
  room: string,
  entry: RoomEntry,
  maxEntryBytes: number,
  report: (fault: Error) => void,
): WireEntry | undefined {
  const { value, error } = readStoredEntry(entry.data, { ...SERVER_LIMITS, maxMessageBytes: maxEntryBytes });
  if (error !== undefined) {
    const why = `Cannot read entry ${entry.seq} of the room "${room}": ${error.message}`;
    report(new Error(why, { cause: error }));
    return undefined;
  }
  const { event, data, from } = value;
  return { seq: entry.seq, time: entry.time, id: messageIdOf(entry.id), event, data, from };
}
