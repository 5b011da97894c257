// The engine of one process: rooms live as long as it does. The default, and the measure of what the others do.
import { LocalLog } from "./engine/local-log.ts";
import { resolveRoomLogOptions } from "./engine/resolve-options.ts";
import { MemoryStore } from "./memory/memory-store.ts";
import { numberOption } from "./number-option.ts";
import type { RoomLogOptions } from "./room-log.ts";

/** Options of a {@link MemoryLog}. */
export interface MemoryLogOptions extends RoomLogOptions {
  /**
   * How many rooms are remembered. Beyond it the one that was not used for the longest time is forgotten: whoever comes back to
   * it is told of a gap. Default: 100,000.
   */
  readonly maxRooms?: number;
  /**
   * Of `data`, and of ids that are remembered for `dedupeMs`, of about 100 bytes each, in all rooms together; beyond it rooms are
   * forgotten in the same way. Where there is one room left its oldest entries go, and then its oldest ids. Default: 256 MiB.
   */
  readonly maxTotalBytes?: number;
  /**
   * Another node on the memory of that one, whose options count: as another process would be on an engine that several share.
   * For tests mostly. Default: a memory of its own.
   */
  readonly sharedWith?: MemoryLog;
}

/**
 * An engine in the memory of this process. What it acknowledged is there, in order and once, as long as the process runs and
 * retention keeps it; nothing is left when the process ends, and the next one has other epochs. It is never down.
 *
 * @example
 * ```ts
 * const log = new MemoryLog({ retention: { maxEntries: 100 } });
 * await log.append("lobby", [{ id: "ann:1", data: new Uint8Array([1, 2, 3]) }]);
 * const { entries } = await log.read("lobby", { after: 0, limit: 10 });
 * ```
 */
export class MemoryLog extends LocalLog {
  readonly #store: MemoryStore;

  /** @throws TypeError or RangeError for an option that makes no sense */
  constructor(options: MemoryLogOptions = {}) {
    const { sharedWith } = options;
    const store = sharedWith === undefined ? createStore(options) : sharedWith.#store;
    super(store);
    this.#store = store;
  }
}

function createStore(options: MemoryLogOptions): MemoryStore {
  return new MemoryStore(resolveRoomLogOptions(options), {
    maxRooms: numberOption(options, "maxRooms", 100_000, undefined, 1),
    maxTotalBytes: numberOption(options, "maxTotalBytes", 256 * 1024 * 1024),
  });
}
