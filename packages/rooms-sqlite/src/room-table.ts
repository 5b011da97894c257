// The history of rooms as rows: numbers entries, finds what was there already, removes what retention does not keep. Rows that
// nobody of ours has written are skipped and reported. Knows no promises and no listeners; whoever calls begins the transaction.
import type { Appended, NewEntry, ReadRange, Retention, RoomEntry, RoomPage } from "@ws/rooms";
import { EngineError } from "@ws/rooms";
import { escapeName, MAX_ID_LENGTH, randomName, type ResolvedRoomLogOptions } from "@ws/rooms/engine";
import { bytesOf, type SqlDatabase, type SqlRow } from "./sql-database.ts";

/** A room as its row says. */
interface Room {
  readonly row: number;
  readonly epoch: string;
  readonly last: number;
  readonly bytes: number;
}

export class RoomTable {
  readonly #options: ResolvedRoomLogOptions;
  readonly #onFault: (error: Error) => void;
  readonly #sql: ReturnType<typeof statements>;

  constructor(database: SqlDatabase, options: ResolvedRoomLogOptions, onFault: (error: Error) => void) {
    this.#options = options;
    this.#onFault = onFault;
    this.#sql = statements(database);
  }

  /** @returns what became of them, and those that are new; within a transaction */
  append(name: string, entries: readonly NewEntry[], now: number): [Appended[], RoomEntry[]] {
    const room = this.#find(name) ?? this.#create(name);
    const { row, epoch } = room;
    const { dedupeMs } = this.#options;
    const fresh: RoomEntry[] = [];
    let last = this.#last(room);
    let { bytes } = room;
    const appended = entries.map(({ id, data }): Appended => {
      const known = this.#sql.findId.get(row, id, now - dedupeMs)?.["seq"];
      if (typeof known === "number") return { epoch, seq: known, isDuplicate: true };
      const seq = ++last;
      this.#sql.insertEntry.run(row, seq, id, data, now);
      this.#sql.insertId.run(row, id, seq, now);
      bytes += data.length;
      fresh.push({ epoch, seq, id, data, time: now });
      return { epoch, seq, isDuplicate: false };
    });
    if (fresh.length > 0) this.#expire(name, { row, epoch, last, bytes }, now);
    return [appended, fresh];
  }

  /** Forgets ids that are no longer looked for; within a transaction. */
  forgetIds(now: number): void {
    this.#sql.forgetIds.run(now - this.#options.dedupeMs);
  }

  /** @returns whether `page` has to write: to make the room, or to remove what is too old */
  mustWrite(name: string, now: number): boolean {
    const room = this.#find(name);
    if (room === undefined) return true;
    const oldest = this.#sql.oldest.get(room.row);
    return oldest !== undefined && this.#isTooMuch(oldest, room, this.#options.retentionOf(name), now);
  }

  /** Within a transaction where `mustWrite` said so. */
  page(name: string, range: ReadRange, now: number): RoomPage {
    const room = this.#find(name) ?? this.#create(name);
    const last = this.#last(room);
    if (this.mustWrite(name, now)) this.#expire(name, { ...room, last }, now);
    const first = this.#sql.oldest.get(room.row)?.["seq"];
    const entries = this.#entries(room, range);
    return { epoch: room.epoch, first: typeof first === "number" ? first : last + 1, last, entries };
  }

  #entries({ row, epoch }: Room, range: ReadRange): RoomEntry[] {
    const isForward = "after" in range;
    const statement = isForward ? this.#sql.after : this.#sql.before;
    let from = isForward ? range.after : (range.before ?? Number.MAX_SAFE_INTEGER);
    const entries: RoomEntry[] = [];
    // Where rows are skipped others take their place, as long as there are any.
    for (;;) {
      const wanted = range.limit - entries.length;
      const rows = statement.all(row, from, wanted);
      for (const found of rows) {
        const entry = this.#readable(found, epoch);
        if (entry !== undefined) entries.push(entry);
      }
      const next = rows.at(-1)?.["seq"];
      if (rows.length < wanted || entries.length === range.limit || typeof next !== "number") break;
      from = next;
    }
    return isForward ? entries : entries.reverse();
  }

  #readable({ seq, id, data: blob, time }: SqlRow, epoch: string): RoomEntry | undefined {
    const data = bytesOf(blob);
    const isSound =
      Number.isSafeInteger(seq) &&
      typeof id === "string" &&
      id.length > 0 &&
      id.length <= MAX_ID_LENGTH &&
      Number.isSafeInteger(time);
    if (isSound && data !== undefined) {
      return { epoch, seq: seq as number, id, data, time: time as number };
    }
    this.#onFault(
      new EngineError("ENGINE_FAULT", `Cannot read entry ${String(seq)}: its row is not one of ours`),
    );
    return undefined;
  }

  #find(name: string): Room | undefined {
    const found = this.#sql.findRoom.get(escapeName(name));
    if (found === undefined) return undefined;
    const { id, epoch, last, bytes } = found;
    const isSound =
      typeof epoch === "string" &&
      /^[0-9a-f]{32}$/.test(epoch) &&
      Number.isSafeInteger(last) &&
      (last as number) >= 0;
    if (isSound && Number.isSafeInteger(bytes)) {
      return { row: id as number, epoch, last: last as number, bytes: bytes as number };
    }
    this.#onFault(
      new EngineError("ENGINE_FAULT", "Cannot read a room: its row is not one of ours; it begins anew"),
    );
    this.#sql.removeRoom.run(id as number);
    this.#sql.removeEntries.run(id as number);
    this.#sql.removeIds.run(id as number);
    return undefined;
  }

  #create(name: string): Room {
    this.#sql.insertRoom.run(escapeName(name), randomName());
    return this.#find(name)!;
  }

  /** What its row says; or more, where somebody else has written behind it. */
  #last({ row, last }: Room): number {
    const newest = this.#sql.newest.get(row)?.["seq"];
    return Number.isSafeInteger(newest) ? Math.max(last, newest as number) : last;
  }

  #expire(name: string, { row, last, bytes }: Room, now: number): void {
    const retention = this.#options.retentionOf(name);
    let left = bytes;
    for (let oldest = this.#sql.oldest.get(row); oldest; oldest = this.#sql.oldest.get(row)) {
      if (!this.#isTooMuch(oldest, { last, bytes: left }, retention, now)) break;
      this.#sql.removeEntry.run(row, oldest["seq"] as number);
      left = Math.max(0, left - (oldest["bytes"] as number));
    }
    this.#sql.updateRoom.run(last, left, row);
  }

  #isTooMuch(
    { seq, time }: SqlRow,
    { last, bytes }: Pick<Room, "last" | "bytes">,
    { maxEntries, maxBytes, maxAgeMs }: Required<Retention>,
    now: number,
  ): boolean {
    const count = last - (seq as number) + 1;
    return count > maxEntries || bytes > maxBytes || (typeof time === "number" && now - time > maxAgeMs);
  }
}

function statements(database: SqlDatabase) {
  const sql = (text: string) => database.prepare(text);
  const columns = "select seq, id, data, time from entries where room = ?";
  return {
    findRoom: sql("select id, epoch, last, bytes from rooms where name = ?"),
    insertRoom: sql("insert into rooms (name, epoch, last, bytes) values (?, ?, 0, 0)"),
    updateRoom: sql("update rooms set last = ?, bytes = ? where id = ?"),
    removeRoom: sql("delete from rooms where id = ?"),
    removeEntries: sql("delete from entries where room = ?"),
    removeIds: sql("delete from ids where room = ?"),
    insertEntry: sql("insert into entries (room, seq, id, data, time) values (?, ?, ?, ?, ?)"),
    removeEntry: sql("delete from entries where room = ? and seq = ?"),
    oldest: sql("select seq, length(data) as bytes, time from entries where room = ? order by seq limit 1"),
    newest: sql("select max(seq) as seq from entries where room = ?"),
    after: sql(`${columns} and seq > ? order by seq limit ?`),
    before: sql(`${columns} and seq < ? order by seq desc limit ?`),
    findId: sql("select seq from ids where room = ? and id = ? and time >= ?"),
    insertId: sql("insert or replace into ids (room, id, seq, time) values (?, ?, ?, ?)"),
    forgetIds: sql("delete from ids where time < ?"),
  };
}
