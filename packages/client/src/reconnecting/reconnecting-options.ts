// The options of a reconnecting client: what they mean, what they cost, and where they are checked, once.
import type { ClientConnection } from "../client-connection.ts";
import { MAX_TIMER_MS, numberOption } from "../number-option.ts";
import type { HeartbeatOptions, ResolvedHeartbeatOptions } from "./heartbeat.ts";
import { type ConnectionEnd, retriesByDefault } from "./retry-policy.ts";

/** Opens one connection: `connect` of this package, in Node or in a browser, or anything like it. */
export type Connect<Options extends object> = (
  url: string | URL,
  options: Options & { readonly signal: AbortSignal },
) => Promise<ClientConnection>;

/** Options of a {@link ReconnectingConnection}. */
export interface ReconnectingOptions<Options extends object = object> {
  /** What opens the connections. */
  readonly connect: Connect<Options>;
  /** Where to, or what finds out, anew for each attempt. */
  readonly url: string | URL | (() => string | URL | Promise<string | URL>);
  /**
   * Options for `connect`, or what finds them out, anew for each attempt: the place for credentials that expire. Its
   * `signal` is set here. Default: none.
   */
  readonly options?: Options | (() => Options | Promise<Options>);
  /** The first wait after a break is random and shorter than this, in milliseconds; each further one may double. Default: 500. */
  readonly baseDelayMs?: number;
  /** No wait that we choose ourselves is longer than this, in milliseconds. Default: 30 000. */
  readonly maxDelayMs?: number;
  /** The longest that a server may ask us to wait, in milliseconds; what it asks beyond that is cut. Default: 300 000. */
  readonly maxRetryAfterMs?: number;
  /** How long a connection must last for the next break to begin with short waits again, in milliseconds. Default: 5 000. */
  readonly minUptimeMs?: number;
  /** How long one attempt may take, the URL and options included, in milliseconds. Default: 20 000. */
  readonly attemptTimeoutMs?: number;
  /** How many attempts may fail in a row, or lead to connections shorter than `minUptimeMs`; 0 for any number. Default: 0. */
  readonly maxAttempts?: number;
  /** Whether to go on. What it throws is reported as uncaught, and ends the client. Default: {@link retriesByDefault}. */
  readonly shouldRetry?: (end: ConnectionEnd) => boolean;
  /** A heartbeat for browsers, where there are no pings. Default: none. */
  readonly heartbeat?: HeartbeatOptions;
  /** Bytes of messages that may wait for a connection; one that does not fit is dropped. Default: 1 MiB. */
  readonly maxQueuedBytes?: number;
  /** Messages that may wait for a connection; 0 keeps none. Default: 1 000. */
  readonly maxQueuedMessages?: number;
  /**
   * What becomes of messages that a connection had been given, and did not confirm before it broke. `"requeue"` sends them
   * again, before all others, and the server may get them twice. Default: `"drop"`.
   */
  readonly whenInterrupted?: "drop" | "requeue";
  /** Closes the client when aborted. */
  readonly signal?: AbortSignal;
  /** A number from 0 up to and not including 1, for the waits. Default: `Math.random`. */
  readonly random?: () => number;
}

export type ResolvedReconnectingOptions = Required<
  Pick<
    ReconnectingOptions,
    | "baseDelayMs"
    | "maxDelayMs"
    | "maxRetryAfterMs"
    | "minUptimeMs"
    | "attemptTimeoutMs"
    | "maxAttempts"
    | "shouldRetry"
    | "maxQueuedBytes"
    | "maxQueuedMessages"
    | "whenInterrupted"
    | "random"
  >
> & { readonly heartbeat: ResolvedHeartbeatOptions | undefined };

/** @throws TypeError or RangeError for an option that makes no sense. */
export function resolveReconnectingOptions<Options extends object>(
  options: ReconnectingOptions<Options>,
): ResolvedReconnectingOptions {
  const { whenInterrupted = "drop", heartbeat } = options;
  if (typeof options.connect !== "function") {
    throw new TypeError(`Cannot use a connect of type ${typeof options.connect}: it must be a function`);
  }
  if (whenInterrupted !== "drop" && whenInterrupted !== "requeue") {
    throw new TypeError(
      `Cannot set whenInterrupted to ${String(whenInterrupted)}: it must be "drop" or "requeue"`,
    );
  }
  const ms = { min: 1, max: MAX_TIMER_MS };
  return {
    baseDelayMs: numberOption(options, "baseDelayMs", 500, ms),
    maxDelayMs: numberOption(options, "maxDelayMs", 30_000, ms),
    maxRetryAfterMs: numberOption(options, "maxRetryAfterMs", 300_000, { max: MAX_TIMER_MS }),
    minUptimeMs: numberOption(options, "minUptimeMs", 5000),
    attemptTimeoutMs: numberOption(options, "attemptTimeoutMs", 20_000, ms),
    maxAttempts: numberOption(options, "maxAttempts", 0),
    maxQueuedBytes: numberOption(options, "maxQueuedBytes", 1024 * 1024),
    maxQueuedMessages: numberOption(options, "maxQueuedMessages", 1000),
    shouldRetry: options.shouldRetry ?? retriesByDefault,
    random: options.random ?? Math.random,
    whenInterrupted,
    heartbeat: heartbeat && {
      ...heartbeat,
      intervalMs: numberOption(heartbeat, "intervalMs", 25_000, ms),
      timeoutMs: numberOption(heartbeat, "timeoutMs", 10_000, ms),
    },
  };
}
