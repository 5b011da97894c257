// How many entries go into one message to a client, which takes messages up to a size only. Bytes bound values as well: the
// shortest value has two.
import type { RoomEntry } from "../room-log.ts";

/** Of what is stored; a sixteenth of what our client takes. One entry by itself may be more. */
const MAX_BATCH_BYTES = 1024 * 1024;

/** Cuts entries into messages; one without entries where there are none. */
export function inBatches(entries: readonly RoomEntry[]): RoomEntry[][] {
  const batches: RoomEntry[][] = [[]];
  let bytes = 0;
  for (const entry of entries) {
    const size = entry.data.length;
    if (bytes > 0 && bytes + size > MAX_BATCH_BYTES) {
      batches.push([]);
      bytes = 0;
    }
    batches.at(-1)!.push(entry);
    bytes += size;
  }
  return batches;
}
