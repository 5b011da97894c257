// The connections of a server: which exist, and what all that ever did have carried.
import type { Connection } from "@ws/connection";
import { Roster } from "./roster.ts";
import { addTotals, type ConnectionTotals, noTraffic } from "./connection-totals.ts";

export class ConnectionSet {
  readonly #connections = new Roster<Connection>();
  readonly #ended = noTraffic();
  /** One function for all: a closure for each would cost each as much memory as its places here do. */
  readonly #onClose: (this: Connection) => void;

  /** @param onEnd hears of each that has ended */
  constructor(onEnd: (connection: Connection) => void) {
    const set = this;
    this.#onClose = function () {
      set.#remove(this);
      onEnd(this);
    };
  }

  get all(): ReadonlySet<Connection> {
    return this.#connections;
  }

  get totals(): ConnectionTotals {
    const totals = noTraffic();
    addTotals(totals, this.#ended);
    for (const connection of this.#connections) addTotals(totals, connection.getStats());
    return totals;
  }

  add(connection: Connection): void {
    this.#connections.add(connection);
    connection.on("close", this.#onClose);
  }

  #remove(connection: Connection): void {
    this.#connections.delete(connection);
    addTotals(this.#ended, connection.getStats());
    this.#ended.bufferedBytes = 0;
  }
}
