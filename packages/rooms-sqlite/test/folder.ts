// A folder for the files of one test, and another way into them.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "libsql";
import { onTestFinished } from "vitest";

export function newPath(): string {
  const folder = mkdtempSync(join(tmpdir(), "rooms-sqlite-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return join(folder, "rooms.db");
}

/** Writes into a file as somebody would who has nothing to do with us. */
export function writeInto(path: string, sql: string): void {
  const database = new Database(path);
  database.exec(sql);
  database.close();
}

export function countOf(path: string, table: string): number {
  const database = new Database(path);
  const { count } = database.prepare(`select count(*) as count from ${table}`).get() as { count: number };
  database.close();
  return count;
}
