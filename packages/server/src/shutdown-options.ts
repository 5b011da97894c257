// What a shutdown does, resolved and checked before anything happens.
import { CloseCode, isWireCloseCode, MAX_TIMER_MS, numberOption } from "@ws/connection";
import { formatRetryHint } from "./retry-hint.ts";

/** What {@link WebSocketServer.shutdown} does. */
export interface ShutdownOptions {
  /**
   * How long all of it may take, in milliseconds; then peers that have not closed are cut off.
   * Default: 10 000 after the last one was told.
   */
  readonly deadlineMs?: number;
  /** The close code sent: 1001 going away, or 1012 when a restart follows. Default: 1001. */
  readonly code?: number;
  /** The close reason sent. Default: none. */
  readonly reason?: string;
  /**
   * Tell clients one after the other, evenly over so many milliseconds and in random order, so that they do not all come
   * back in the same moment. Default: 0, all at once.
   */
  readonly spreadMs?: number;
  /**
   * When clients should come back, in milliseconds. They read it in the close reason, which is then
   * `retry-after-ms=<number>`; it takes the place of `reason`. Default: nothing is said about it.
   */
  readonly retryAfterMs?: number;
}

/** {@link ShutdownOptions} with every default filled in. */
export interface ResolvedShutdownOptions {
  readonly deadlineMs: number;
  readonly spreadMs: number;
  readonly code: number;
  readonly reason: string | undefined;
}

/** @throws RangeError or TypeError for options that make no sense */
export function resolveShutdownOptions(options: ShutdownOptions): ResolvedShutdownOptions {
  const { code = CloseCode.goingAway, reason } = options;
  const spreadMs = numberOption(options, "spreadMs", 0, MAX_TIMER_MS - 10_000);
  const deadlineMs = numberOption(options, "deadlineMs", spreadMs + 10_000, MAX_TIMER_MS);
  if (!isWireCloseCode(code)) {
    throw new RangeError(`Cannot shut down with code ${code}: it must not be sent`);
  }
  if (spreadMs > deadlineMs) {
    throw new RangeError(`Cannot shut down within ${deadlineMs} ms: spreadMs is ${spreadMs}`);
  }
  if (reason !== undefined) assertReason(reason);
  if (options.retryAfterMs === undefined) return { deadlineMs, spreadMs, code, reason };
  if (reason !== undefined) {
    throw new TypeError("Cannot shut down with both reason and retryAfterMs: there is room for one of them");
  }
  const hint = formatRetryHint(numberOption(options, "retryAfterMs", 0));
  return { deadlineMs, spreadMs, code, reason: hint };
}

/** What a connection would throw, before anybody is told. */
function assertReason(reason: unknown): void {
  if (typeof reason !== "string") {
    throw new TypeError(`Cannot shut down with a reason of type ${typeof reason}: it must be a string`);
  }
  // RFC 6455 §5.5: "All control frames MUST have a payload length of 125 bytes or less"; two are the code.
  if (Buffer.byteLength(reason) > 123) {
    throw new RangeError(
      `Cannot shut down with a reason of ${Buffer.byteLength(reason)} bytes: it has room for 123`,
    );
  }
}
