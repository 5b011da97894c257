// One process owns a file: what it tells those who listen, and who is present, other processes would not hear of. The lock is a
// transaction on a file beside it that is never ended: the system lets go of it whatever way the process ends.
import { openDatabase, type SqlDatabase } from "./sql-database.ts";

export class FileLock {
  readonly #database: SqlDatabase;

  /** @throws Error where another process has it, or another engine of this one */
  constructor(path: string) {
    this.#database = openDatabase(`${path}-lock`);
    try {
      this.#database.execute("begin exclusive");
    } catch (error) {
      this.#database.close();
      throw new Error(`Cannot open ${path}: another engine has it open, in this process or another`, {
        cause: error,
      });
    }
  }

  release(): void {
    this.#database.execute("rollback");
    this.#database.close();
  }
}
