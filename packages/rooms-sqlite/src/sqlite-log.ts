// An engine of rooms whose history is a file: for one process that must not forget. One node on that file.
import type { RoomLogOptions } from "@ws/rooms";
import { LocalLog, resolveRoomLogOptions } from "@ws/rooms/engine";
import { RoomFile } from "./room-file.ts";

/** Options of a {@link SqliteLog}. */
export interface SqliteLogOptions extends RoomLogOptions {
  /** Where the file is, or is to be made, with others beside it whose names begin with its name. On a local disk. */
  readonly path: string;
  /**
   * What an acknowledged append survives. `"full"`: the loss of power too; the disk is waited for once a turn of the event loop in
   * which something is appended. `"normal"`: the end of the process in whatever way; a loss of power may take the newest
   * entries, and no epoch tells of it. Default: `"full"`.
   */
  readonly synchronous?: "full" | "normal";
  /** Another node on the file of that one, whose options count. For tests mostly. Default: a file of its own. */
  readonly sharedWith?: SqliteLog;
}

/**
 * An engine of one process with its history on disk. What it acknowledged is there after `kill -9`, with its numbers, its epoch and
 * the ids that were seen. Who is present, and what is announced, is in memory, as those whom it concerns are.
 *
 * @example
 * ```ts
 * const log = new SqliteLog({ path: "rooms.db" });
 * await log.append("lobby", [{ id: "ann:1", data: new Uint8Array([1, 2, 3]) }]);
 * await log.close();
 * ```
 */
export class SqliteLog extends LocalLog {
  readonly #file: RoomFile;

  /** @throws Error where the file cannot be opened, or another engine has it open */
  constructor(options: SqliteLogOptions) {
    const { sharedWith } = options;
    const file = sharedWith === undefined ? createFile(options) : sharedWith.#file;
    super(file);
    this.#file = file;
  }
}

function createFile(options: SqliteLogOptions): RoomFile {
  const { path, synchronous = "full" } = options;
  if (typeof path !== "string" || path === "" || path === ":memory:") {
    throw new TypeError(`Cannot open ${String(path)}: path must name a file`);
  }
  if (synchronous !== "full" && synchronous !== "normal") {
    throw new TypeError(`Cannot set synchronous to ${String(synchronous)}: it is "full" or "normal"`);
  }
  return new RoomFile(path, synchronous, resolveRoomLogOptions(options));
}
