// The tables, and how a file is opened so that what is acknowledged stays.
import { openDatabase, type SqlDatabase } from "./sql-database.ts";

/** "WSR1": says that a file is ours, and in which form. */
const APPLICATION_ID = 0x57535231;

const TABLES = `
  create table if not exists rooms (
    id integer primary key,
    name text not null unique,
    epoch text not null,
    last integer not null,
    bytes integer not null
  );
  create table if not exists entries (
    room integer not null,
    seq integer not null,
    id text not null,
    data blob not null,
    time integer not null
  );
  create unique index if not exists entries_by_seq on entries (room, seq);
  create table if not exists ids (
    room integer not null,
    id text not null,
    seq integer not null,
    time integer not null,
    primary key (room, id)
  ) without rowid;
  create index if not exists ids_by_time on ids (time);
`;

/** @throws Error for a file that is not ours */
export function openFile(path: string, synchronous: "full" | "normal"): SqlDatabase {
  const database = openDatabase(path);
  try {
    // Writes go to a log of their own first: one synchronisation a transaction, and no reader waits.
    database.execute("pragma journal_mode = wal");
    database.execute(`pragma synchronous = ${synchronous}`);
    const { application_id: id } = database.prepare("pragma application_id").get() ?? {};
    const { count } = database.prepare("select count(*) as count from sqlite_master").get() ?? {};
    if (id !== APPLICATION_ID && count !== 0) {
      throw new Error(`Cannot open ${path}: it is a database, but not one of rooms`);
    }
    database.execute(`begin immediate; ${TABLES} pragma application_id = ${APPLICATION_ID}; commit`);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}
