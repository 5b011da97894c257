// What a server puts up with: how many, how often, how long; and through ConnectionOptions what each connection may cost.
import {
  type ConnectionOptions,
  numberOption,
  resolveConnectionOptions,
  type ResolvedConnectionOptions,
} from "@ws/connection";

/** How many connections and handshakes a server takes; 0 is no limit. */
export interface AdmissionLimits {
  /** Connections at the same time; the next is told 503 and to come back in five seconds. Default: 0. */
  readonly maxConnections?: number;
  /**
   * Connections of one address (an IPv6 address stands for its /64 network); the next is told 429. Many people may share
   * an address. Behind a proxy set `trustedProxies` as well, or all share the proxy's. Default: 0.
   */
  readonly maxConnectionsPerAddress?: number;
  /** Handshakes of one address per second, in the long run; above it they are told 429 and when to ask again. Default: 0. */
  readonly maxHandshakesPerSecondPerAddress?: number;
  /** Handshakes that one address may make at once before that rate counts. Default: twice the rate. */
  readonly maxHandshakeBurstPerAddress?: number;
  /**
   * Handshakes that have begun and are not done: on a port of our own those that have not sent their request, and
   * everywhere those in `authenticate`. Who has taken longest to ask gives way to who comes; where all are in
   * `authenticate`, who comes is told 503. Default: 1000.
   */
  readonly maxPendingHandshakes?: number;
}

/** Every limit of a server that can be changed while it runs. */
export interface ServerLimits extends AdmissionLimits, ConnectionOptions {}

/** {@link AdmissionLimits} with every default filled in. */
export type ResolvedAdmissionLimits = Required<AdmissionLimits>;

/** {@link ServerLimits} with every default filled in. */
export type ResolvedServerLimits = ResolvedAdmissionLimits & ResolvedConnectionOptions;

function resolveAdmissionLimits(options: AdmissionLimits): ResolvedAdmissionLimits {
  const perSecond = numberOption(options, "maxHandshakesPerSecondPerAddress", 0);
  return {
    maxConnections: numberOption(options, "maxConnections", 0),
    maxConnectionsPerAddress: numberOption(options, "maxConnectionsPerAddress", 0),
    maxHandshakesPerSecondPerAddress: perSecond,
    maxHandshakeBurstPerAddress: numberOption(
      options,
      "maxHandshakeBurstPerAddress",
      Math.max(1, 2 * perSecond),
      Number.MAX_SAFE_INTEGER,
      1,
    ),
    maxPendingHandshakes: numberOption(options, "maxPendingHandshakes", 1000),
  };
}

/** @throws RangeError or TypeError for a limit that makes no sense */
export function resolveServerLimits(options: ServerLimits): ResolvedServerLimits {
  return { ...resolveAdmissionLimits(options), ...resolveConnectionOptions("server", options) };
}
