// How a server that shuts down tells its clients, in the reason of the close frame, when to come back.

/**
 * The close reason that asks a client to wait so long before it reconnects.
 *
 * @example
 * ```ts
 * import { formatRetryHint } from "@ws/server";
 *
 * formatRetryHint(1500); // "retry-after-ms=1500"
 * ```
 */
export function formatRetryHint(milliseconds: number): string {
  return `retry-after-ms=${milliseconds}`;
}
