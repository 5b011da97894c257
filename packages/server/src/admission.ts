// Who may still come in: counts connections and unfinished handshakes, all of them and by address, against the limits.
// Knows addresses and numbers; no socket, no HTTP but the status of a refusal.
import { addressKey } from "./address.ts";
import { AddressRates } from "./address-rates.ts";
import { type Refusal, refusal, retryAfter } from "./refusal.ts";
import type { ResolvedAdmissionLimits } from "./server-limits.ts";

/** How long somebody whom we have no room for should stay away. */
const FULL_RETRY_MS = 5000;
export class Admission {
  readonly #maxPendingPerSession: number;
  #limits: ResolvedAdmissionLimits;
  #rates: AddressRates | undefined;
  #connections = 0;
  readonly #connectionsByAddress = new Map<string, number>();
  /** Of connections that have an address. */
  readonly #keyOfConnection = new Map<object, string>();
  #pending = 0;
  readonly #pendingBySession = new WeakMap<object, number>();

  /**
   * @param maxPendingPerSession handshakes of one HTTP/2 session that may be in `authenticate`. A peer that opens and resets
   * streams gets no more work out of us than this (CVE-2023-44487): a handshake counts until its `authenticate` is done,
   * whether or not its stream still exists.
   */
  constructor(limits: ResolvedAdmissionLimits, maxPendingPerSession: number) {
    this.#maxPendingPerSession = maxPendingPerSession;
    this.#limits = limits;
    this.#rates = ratesFor(limits);
  }

  setLimits(limits: ResolvedAdmissionLimits): void {
    const { maxHandshakesPerSecondPerAddress: rate, maxHandshakeBurstPerAddress: burst } = this.#limits;
    const isSameRate =
      rate === limits.maxHandshakesPerSecondPerAddress && burst === limits.maxHandshakeBurstPerAddress;
    if (!isSameRate) this.#rates = ratesFor(limits);
    this.#limits = limits;
  }

  /** Handshakes in `authenticate`. */
  get pending(): number {
    return this.#pending;
  }

  /** Counts a handshake against the rate of its address. */
  refuseRate(address: string | undefined): Refusal | undefined {
    if (this.#rates === undefined || address === undefined) return undefined;
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
  refuseConnection(address: string | undefined): Refusal | undefined {
    const { maxConnections, maxConnectionsPerAddress } = this.#limits;
    if (isReached(maxConnections, this.#connections)) {
      return refusal(503, "TOO_MANY_CONNECTIONS", "The server is full", retryAfter(FULL_RETRY_MS));
    }
    if (address === undefined || maxConnectionsPerAddress === 0) return undefined;
    const ofAddress = this.#connectionsByAddress.get(addressKey(address)) ?? 0;
    if (!isReached(maxConnectionsPerAddress, ofAddress)) return undefined;
    return refusal(429, "TOO_MANY_CONNECTIONS_FROM_ADDRESS", "Too many connections from this address");
  }

  /** Whether there is no room for one more handshake in `authenticate`. */
  refusePending(session: object | undefined): Refusal | undefined {
    const ofSession = session === undefined ? 0 : (this.#pendingBySession.get(session) ?? 0);
    if (
      !isReached(this.#limits.maxPendingHandshakes, this.#pending) &&
      ofSession < this.#maxPendingPerSession
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
  enter(connection: object, address: string | undefined): void {
    this.#connections++;
    if (address === undefined) return;
    const key = addressKey(address);
    this.#keyOfConnection.set(connection, key);
    this.#addConnections(key, 1);
  }

  /** @param connection has entered */
  leave(connection: object): void {
    this.#connections--;
    const key = this.#keyOfConnection.get(connection);
    if (key === undefined) return;
    this.#keyOfConnection.delete(connection);
    this.#addConnections(key, -1);
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
