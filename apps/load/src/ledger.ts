// What the server sees of its clients, by what they are: who came, who went and how. A client says what it is in the path of
// its URL.
import { ConnectionError, ProtocolError, type CloseResult, type Connection } from "@ws/server";
import { nowMs } from "./clock.ts";

export interface Account {
  opened: number;
  open: number;
  /** How many ended in which way: the code, and what broke it. */
  readonly closes: Record<string, number>;
  longestLifeMs: number;
  lastClosedMs: number;
}

export class Ledger {
  readonly #accounts: Record<string, Account> = {};

  enter(name: string, connection: Connection): void {
    const account = (this.#accounts[name] ??= {
      opened: 0,
      open: 0,
      closes: {},
      longestLifeMs: 0,
      lastClosedMs: 0,
    });
    const openedMs = nowMs();
    account.opened++;
    account.open++;
    connection.on("close", (result) => {
      const how = describe(result);
      account.open--;
      account.closes[how] = (account.closes[how] ?? 0) + 1;
      account.lastClosedMs = nowMs();
      account.longestLifeMs = Math.max(account.longestLifeMs, account.lastClosedMs - openedMs);
    });
  }

  get accounts(): Readonly<Record<string, Account>> {
    return this.#accounts;
  }
}

function describe({ code, wasClean, error }: CloseResult): string {
  if (error instanceof ProtocolError || error instanceof ConnectionError) return `${code} ${error.code}`;
  if (error !== undefined) return `${code} ${(error as NodeJS.ErrnoException).code ?? error.message}`;
  return wasClean ? `${code} clean` : `${code} unclean`;
}
