// What a server has done so far, in numbers.
import type { ConnectionTotals } from "./connection-totals.ts";
import type { RefusalCode } from "./refusal.ts";

/** A snapshot of a server's counters, from `getStats()`. */
export interface ServerStats {
  /** Connections that are open or closing. */
  readonly connections: number;
  /** Handshakes in `authenticate`, and on a port of our own those that have not sent their request. */
  readonly pendingHandshakes: number;
  /** Handshakes that became connections. */
  readonly acceptedHandshakes: number;
  /** Handshakes that were refused. */
  readonly rejectedHandshakes: number;
  /** The same by HTTP status. */
  readonly rejectedByStatus: Readonly<Record<number, number>>;
  /** The same by reason. */
  readonly rejectedByCode: Readonly<Partial<Record<RefusalCode, number>>>;
  /** Handshakes whose client went away while `authenticate` looked at them. */
  readonly abandonedHandshakes: number;
  /** What all connections together have carried, those that have ended too. */
  readonly traffic: ConnectionTotals;
}
