// The connections of a server: which exist, and what all that ever did have carried.
import type { Connection } from "@ws/connection";
import { addTotals, type ConnectionTotals, NO_TRAFFIC } from "./connection-totals.ts";

export class ConnectionSet {
  readonly #connections = new Set<Connection>();
  #ended: ConnectionTotals = NO_TRAFFIC;

  get all(): ReadonlySet<Connection> {
    return this.#connections;
  }

  get totals(): ConnectionTotals {
    let totals = this.#ended;
    for (const connection of this.#connections) totals = addTotals(totals, connection.getStats());
    return totals;
  }

  add(connection: Connection): void {
    this.#connections.add(connection);
    connection.on("close", () => {
      this.#connections.delete(connection);
      this.#ended = { ...addTotals(this.#ended, connection.getStats()), bufferedBytes: 0 };
    });
  }
}
