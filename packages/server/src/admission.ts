// Who may still come in: counts connections and unfinished handshakes, all of them and by address, against the limits.
// Knows addresses and numbers; no socket, no HTTP but the status of a refusal. Asks for an address only where it counts.
import type { Connection } from "@ws/connection";
import { addressKey } from "./address.ts";
import { AddressRates } from "./address-rates.ts";
import { type Refusal, refusal, retryAfter } from "./refusal.ts";
import { addressOf, type ClientAddress } from "./remote-address.ts";
import type { ResolvedAdmissionLimits } from "./server-limits.ts";
import { peerOf } from "./transport-peer.ts";

/** How long somebody whom we have no room for should stay away. */
const FULL_RETRY_MS = 5000;

/** What does not change while the server runs. */
export interface AdmissionRules {
  /**
   * Handshakes of one HTTP/2 session that may be in `authenticate`. A peer that opens and resets streams gets no more work
   * out of us than this (CVE-2023-44487): a handshake counts until its `authenticate` is done, whether or not its stream
   * still exists.
   */
  readonly maxPendingPerSession: number;
  /** Whether connections are counted by address without a limit too, because their address cannot be found out later. */
  readonly countsAlways: boolean;
}

export class Admission {
  readonly #rules: AdmissionRules;
  #limits: ResolvedAdmissionLimits;
  #rates: AddressRates | undefined;
  #connections = 0;
  readonly #connectionsByAddress = new Map<string, number>();
  /** Of connections that have an address, while it counts. */
  readonly #keyOfConnection = new Map<Connection, string>();
  #pending = 0;
  readonly #pendingBySession = new WeakMap<object, number>();

  constructor(limits: ResolvedAdmissionLimits, rules: AdmissionRules) {
    this.#rules = rules;
    this.#limits = limits;
    this.#rates = ratesFor(limits);
  }

  /** @param connections those that exist: where addresses begin to count, theirs do too */
  setLimits(limits: ResolvedAdmissionLimits, connections: Iterable<Connection>): void {
    const { maxHandshakesPerSecondPerAddress: rate, maxHandshakeBurstPerAddress: burst } = this.#limits;
    const isSameRate =
      rate === limits.maxHandshakesPerSecondPerAddress && burst === limits.maxHandshakeBurstPerAddress;
    if (!isSameRate) this.#rates = ratesFor(limits);
    const didCount = this.#countsAddresses();
    this.#limits = limits;
    if (didCount === this.#countsAddresses()) return;
    if (didCount) this.#forgetAddresses();
    else
      for (const connection of connections) this.#count(connection, addressOf(peerOf(connection.transport)));
  }

  /** Handshakes in `authenticate`. */
  get pending(): number {
    return this.#pending;
  }

  /** Counts a handshake against the rate of its address. */
  refuseRate(addressOfClient: ClientAddress): Refusal | undefined {
    if (this.#rates === undefined) return undefined;
    const address = addressOfClient();
    if (address === undefined) return undefined;
    const waitMs = this.#rates.take(addressKey(address));
    if (waitMs === 0) return undefined;
    return refusal(
      429,
      "TOO_MANY_HANDSHAKES_FROM_ADDRESS",
      "Too many handshakes from this address",
      retryAfter(waitMs),
    );
  }

  /** Whether there is no room for one more connection. */
  refuseConnection(addressOfClient: ClientAddress): Refusal | undefined {
    const { maxConnections, maxConnectionsPerAddress } = this.#limits;
    if (isReached(maxConnections, this.#connections)) {
      return refusal(503, "TOO_MANY_CONNECTIONS", "The server is full", retryAfter(FULL_RETRY_MS));
    }
    if (maxConnectionsPerAddress === 0) return undefined;
    const address = addressOfClient();
    if (address === undefined) return undefined;
    const ofAddress = this.#connectionsByAddress.get(addressKey(address)) ?? 0;
    if (!isReached(maxConnectionsPerAddress, ofAddress)) return undefined;
    return refusal(429, "TOO_MANY_CONNECTIONS_FROM_ADDRESS", "Too many connections from this address");
  }

  /** Whether there is no room for one more handshake in `authenticate`. */
  refusePending(session: object | undefined): Refusal | undefined {
    const ofSession = session === undefined ? 0 : (this.#pendingBySession.get(session) ?? 0);
    if (
      !isReached(this.#limits.maxPendingHandshakes, this.#pending) &&
      ofSession < this.#rules.maxPendingPerSession
    ) {
      return undefined;
    }
    return refusal(
      503,
      "TOO_MANY_PENDING_HANDSHAKES",
      "Too many handshakes at the same time",
      retryAfter(FULL_RETRY_MS),
    );
  }

  /** Counts a handshake as unfinished until the result is called. */
  begin(session: object | undefined): () => void {
    this.#pending++;
    if (session !== undefined) this.#addPending(session, 1);
    return () => {
      this.#pending--;
      if (session !== undefined) this.#addPending(session, -1);
    };
  }

  /** Counts a connection until it leaves. */
  enter(connection: Connection, addressOfClient: ClientAddress): void {
    this.#connections++;
    if (this.#countsAddresses()) this.#count(connection, addressOfClient);
  }

  /** @param connection has entered */
  leave(connection: Connection): void {
    this.#connections--;
    const key = this.#keyOfConnection.get(connection);
    if (key === undefined) return;
    this.#keyOfConnection.delete(connection);
    this.#addConnections(key, -1);
  }

  /** Whether it matters how many connections an address has. */
  #countsAddresses(): boolean {
    return this.#rules.countsAlways || this.#limits.maxConnectionsPerAddress > 0;
  }

  #count(connection: Connection, addressOfClient: ClientAddress): void {
    const address = addressOfClient();
    if (address === undefined) return;
    const key = addressKey(address);
    this.#keyOfConnection.set(connection, key);
    this.#addConnections(key, 1);
  }

  #forgetAddresses(): void {
    this.#keyOfConnection.clear();
    this.#connectionsByAddress.clear();
  }

  #addPending(session: object, count: number): void {
    this.#pendingBySession.set(session, (this.#pendingBySession.get(session) ?? 0) + count);
  }

  #addConnections(key: string, count: number): void {
    const sum = (this.#connectionsByAddress.get(key) ?? 0) + count;
    if (sum === 0) this.#connectionsByAddress.delete(key);
    else this.#connectionsByAddress.set(key, sum);
  }
}

function isReached(limit: number, count: number): boolean {
  return limit > 0 && count >= limit;
}

function ratesFor(limits: ResolvedAdmissionLimits): AddressRates | undefined {
  const { maxHandshakesPerSecondPerAddress: perSecond, maxHandshakeBurstPerAddress: burst } = limits;
  return perSecond === 0 ? undefined : new AddressRates(burst, perSecond);
}
