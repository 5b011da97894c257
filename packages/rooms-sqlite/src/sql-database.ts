// The little of SQLite that is used here, behind an interface of ours: the library below it can be another one some day (Node has
// one of its own from 22 on). Everything is synchronous; what fails throws.
import Database from "libsql";

/** What a column holds; a file may have been written by others, so it is not said which. */
export type SqlValue = unknown;
export type SqlRow = Readonly<Record<string, SqlValue>>;

export interface SqlStatement {
  run(...values: (string | number | Uint8Array)[]): void;
  get(...values: (string | number)[]): SqlRow | undefined;
  all(...values: (string | number)[]): SqlRow[];
}

export interface SqlDatabase {
  execute(sql: string): void;
  prepare(sql: string): SqlStatement;
  close(): void;
}

/** Opens a file, and makes it where there is none. */
export function openDatabase(path: string): SqlDatabase {
  const database = new Database(path);
  return {
    execute: (sql) => void database.exec(sql),
    prepare: (sql) => {
      const statement = database.prepare(sql);
      return {
        run: (...values) => void statement.run(...values),
        get: (...values) => statement.get(...values) as SqlRow | undefined,
        all: (...values) => statement.all(...values) as SqlRow[],
      };
    },
    close: () => void database.close(),
  };
}

/** The bytes of a blob, whichever way a library hands it out; `undefined` for what is none. */
export function bytesOf(value: SqlValue): Uint8Array | undefined {
  if (value instanceof Uint8Array) return value;
  return value instanceof ArrayBuffer ? new Uint8Array(value) : undefined;
}
