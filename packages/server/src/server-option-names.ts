// Which options a server has, and which of them make sense together.
import {
  type ConnectionOptions,
  resolveConnectionOptions,
  type ResolvedConnectionOptions,
} from "@ws/connection";
import { assertKnownOptions } from "./known-options.ts";
import type { AdmissionLimits, ServerLimits } from "./server-limits.ts";
import type { WebSocketServerOptions } from "./server-options.ts";

// Written as objects so that the compiler misses none.
const ADMISSION_LIMITS = {
  maxConnections: true,
  maxConnectionsPerAddress: true,
  maxHandshakesPerSecondPerAddress: true,
  maxHandshakeBurstPerAddress: true,
  maxPendingHandshakes: true,
} satisfies Record<keyof AdmissionLimits, true>;

const SERVER_OPTIONS = {
  port: true,
  host: true,
  tls: true,
  http2: true,
  maxStreamsPerSession: true,
  server: true,
  noServer: true,
  path: true,
  protocols: true,
  requireProtocol: true,
  origin: true,
  perMessageDeflate: true,
  headers: true,
  authenticate: true,
  handshakeTimeoutMs: true,
  trustedProxies: true,
  forwardedHeader: true,
  experimentalSharedReadBuffer: true,
} satisfies Record<Exclude<keyof WebSocketServerOptions, keyof ServerLimits>, true>;

const CONNECTION_LIMITS = Object.keys(resolveConnectionOptions("server", {}));
const LIMITS = [...Object.keys(ADMISSION_LIMITS), ...CONNECTION_LIMITS];
const ALL = [...Object.keys(SERVER_OPTIONS), ...LIMITS];

/** @throws TypeError for an option that does not exist, or options that exclude each other */
export function assertServerOptions<Context, Path extends string>(
  options: WebSocketServerOptions<Context, Path>,
): void {
  assertKnownOptions("make a server", options, ALL);
  const { port, server, noServer } = options;
  const given = [port !== undefined, server !== undefined, noServer === true].filter(Boolean).length;
  if (given !== 1) {
    throw new TypeError(
      `Cannot make a server from ${given} of the options port, server and noServer: give exactly one`,
    );
  }
}

/** @throws TypeError for a limit that does not exist */
export function assertLimitNames(limits: ServerLimits): void {
  assertKnownOptions("set limits", limits, LIMITS);
}

/**
 * The limits of one connection that has some of its own.
 *
 * @throws TypeError or RangeError for one that does not exist or makes no sense
 */
export function resolveOwnLimits(
  own: ConnectionOptions | undefined,
  limits: ResolvedConnectionOptions,
): ResolvedConnectionOptions {
  if (own === undefined) return limits;
  assertKnownOptions("limit a connection", own, CONNECTION_LIMITS);
  return resolveConnectionOptions("server", own, limits);
}

/** Those that a connection has. */
export function connectionLimitsOf(limits: ServerLimits): ConnectionOptions {
  const own = Object.entries(limits).filter(([name]) => CONNECTION_LIMITS.includes(name));
  return Object.fromEntries(own);
}
