// Reads what an engine kept as something of a stranger's: of what nobody of ours has written nothing gets further.
import type { RoomEntry } from "../room-log.ts";
import { readStoredEntry } from "../wire/message-shapes.ts";
import type { WireEntry } from "../wire/messages.ts";
import { isCount, isMessageId } from "../wire/names.ts";
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
  const id = messageIdOf(entry.id);
  // A client refuses the whole message for what it cannot read in it, and would ask for it for ever.
  const isKnown = isMessageId(id) && isCount(entry.time);
  if (error !== undefined || !isKnown) {
    const why = error?.message ?? "its id or its time is not one of ours";
    report(new Error(`Cannot read entry ${entry.seq} of the room "${room}": ${why}`, { cause: error }));
    return undefined;
  }
  const { event, data, from } = value;
  return { seq: entry.seq, time: entry.time, id, event, data, from };
}
