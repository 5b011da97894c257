// Whether another attempt makes sense, by how the last one ended, and when the server wants it. Pure.
import type { CloseResult } from "@ws/connection";

/** How an attempt to be connected ended. */
export type ConnectionEnd =
  /** There was a connection, and this is how it ended. */
  | { readonly type: "closed"; readonly result: CloseResult }
  /** There was none: `resolving` the URL and the options, or `connecting`, ended with this error. */
  | { readonly type: "failed"; readonly during: "resolving" | "connecting"; readonly error: unknown };

/**
 * The close codes after which another attempt makes sense: the server went away (1001), said nothing (1005, 1006), met an
 * accident (1011, 1014), restarts (1012), is overloaded (1013), or the connection took too long (3008).
 *
 * After any other it would end the same way again. 1000 means that the purpose is fulfilled; 1002, 1003, 1007, 1009 and
 * 1010 that we did what we would do again; 1008, 3000 and 3003 that we may not. And what a code of the application
 * (4000–4999) means only the application knows: where "signed in elsewhere" made two pages reconnect, they would throw
 * each other out for ever.
 */
const RETRIED_CODES: ReadonlySet<number> = new Set([1001, 1005, 1006, 1011, 1012, 1013, 1014, 3008]);

/** RFC 9110 §15.5.9, RFC 8470 §5.2 and RFC 6585 §4: the client errors that time cures. */
const RETRIED_CLIENT_ERRORS: ReadonlySet<number> = new Set([408, 425, 429]);

/**
 * What a {@link ReconnectingConnection} does unless told otherwise: it goes on after the close codes 1001, 1005, 1006,
 * 1011–1014 and 3008, and after every failure to connect but an answer of 4xx (408, 425 and 429 excepted) and arguments
 * that make no sense.
 *
 * @example
 * ```ts
 * const shouldRetry = (end: ConnectionEnd): boolean =>
 *   end.type === "closed" && end.result.code === 4001 ? true : retriesByDefault(end);
 * ```
 */
export function retriesByDefault(end: ConnectionEnd): boolean {
  if (end.type === "closed") return RETRIED_CODES.has(end.result.code);
  // A token that could not be fetched comes as a TypeError too, where `fetch` has no network.
  if (end.during === "resolving") return true;
  const { error } = end;
  if (error instanceof TypeError || error instanceof RangeError) return false;
  if (error instanceof DOMException && error.name === "SyntaxError") return false;
  const status = responseOf(error)?.status ?? 0;
  return status < 400 || status >= 500 || RETRIED_CLIENT_ERRORS.has(status);
}

/**
 * How long the server asks to be left alone, in milliseconds: `Retry-After` of its answer (RFC 9110 §10.2.3), or
 * `retry-after-ms=<n>` in the reason it closed with. 0 when it does not ask.
 *
 * @param now the time, for a `Retry-After` that is a date
 */
export function retryAfterMs(end: ConnectionEnd, now: number = Date.now()): number {
  if (end.type === "closed") {
    const [, digits] = /(?:^|[\s,;])retry-after-ms=(\d+)/.exec(end.result.reason) ?? [];
    return Number(digits ?? 0);
  }
  const value = responseOf(end.error)?.headers?.get?.("retry-after") ?? "";
  if (/^\d+$/.test(value)) return Number(value) * 1000;
  const date = Date.parse(value);
  return Number.isNaN(date) ? 0 : Math.max(0, date - now);
}

/** What an error may tell of an answer, of which nothing is certain: errors of other libraries look similar. */
interface Response {
  readonly status?: number;
  readonly headers?: { get?(name: string): string | null | undefined };
}

/** By its shape, not its class: any `connect` may have failed, or whatever fetches credentials. */
function responseOf(error: unknown): Response | null | undefined {
  if (!(error instanceof Error) || !("response" in error)) return undefined;
  return error.response as Response | null | undefined;
}
