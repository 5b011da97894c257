// A URL in, a report out: the cases for servers, played against one that listens somewhere.
import { casesToPlay, counting, type JudgeOptions } from "./judge-options.ts";
import { dial, type ServerAddress } from "./opening/server-address.ts";
import type { RunReport } from "./report/run-report.ts";
import { defaultDeadlineMs } from "./suite/case-context.ts";
import { runServer } from "./suite/run-server.ts";

/** How a server is reached, and how hard it is worked. */
export interface JudgeServerOptions extends JudgeOptions {
  /** Cases under way at once, each with connections of its own. Default: 8. */
  readonly jobs?: number | undefined;
  /** Fields of every opening request besides those that it must have. Reports show them. Default: none. */
  readonly headers?: readonly (readonly [name: string, value: string])[] | undefined;
  /** Certificates to trust, as PEM. Default: those that Node trusts. */
  readonly ca?: string | undefined;
  /** Takes any certificate. Default: `false`. */
  readonly insecure?: boolean | undefined;
  /**
   * Opens every connection by an extended CONNECT (RFC 8441), over TLS or, for `ws:`, with prior knowledge. The cases of the
   * HTTP/1.1 handshake are left out then, and those of RFC 8441 are played, which otherwise are not. Default: `false`.
   */
  readonly http2?: boolean | undefined;
  /** Ends the run early: the report has what was played until then. */
  readonly signal?: AbortSignal | undefined;
}

/** The server cannot be judged, because there is no way to it; `cause` says why. */
export class UnreachableError extends Error {
  override readonly name = "UnreachableError";
  /** Stable; match on it rather than on the message. */
  readonly code = "UNREACHABLE";
}

/**
 * Judges a server that sends back what it is sent: text as text, binary as binary.
 *
 * @param url `ws:` or `wss:`
 * @returns a report with a result for each case, whatever the server did
 * @throws UnreachableError (rejects) where no connection of TCP or TLS can be opened
 * @throws TypeError (rejects) for a URL with another scheme, and for a header that is none
 * @throws RangeError (rejects) where no case is chosen
 *
 * @example
 * ```ts
 * const report = await judgeServer("ws://localhost:8080/echo", { form: "short" });
 * console.log(isConformant(report) ? "every MUST holds" : textReport(report));
 * ```
 */
export async function judgeServer(url: string | URL, options: JudgeServerOptions = {}): Promise<RunReport> {
  const { ca, insecure, http2 = false, jobs, deadlineMs, signal } = options;
  const headers = checkedHeaders(options.headers);
  const address = { url: checkedUrl(url), ca, insecure, http2, headers };
  const cases = casesToPlay("server", options, http2);
  const onResult = counting(options.onResult, cases.length);
  await reach(address, deadlineMs ?? defaultDeadlineMs);
  const started = performance.now();
  const results = await runServer(cases, address, { jobs, deadlineMs, signal, onResult });
  const durationMs = performance.now() - started;
  return { target: address.url.href, role: "server", setting: "", results, durationMs };
}

function checkedUrl(given: string | URL): URL {
  const text = String(given);
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol === "ws:" || url?.protocol === "wss:") return url;
  throw new TypeError(`Cannot judge ${text}: it is no URL that begins with ws:// or wss://`);
}

function checkedHeaders(headers: JudgeServerOptions["headers"] = []): typeof headers {
  for (const [name, value] of headers) {
    if (/^[\w!#$%&'*+.^`|~-]+$/.test(name) && !/[\0\r\n]/.test(value)) continue;
    throw new TypeError(`Cannot send header ${JSON.stringify(`${name}: ${value}`)}: it is none of HTTP`);
  }
  return headers;
}

/** Without this a server that is not there would fail every rule, each after its own time. */
async function reach(address: ServerAddress, withinMs: number): Promise<void> {
  try {
    (await dial(address, withinMs)).destroy();
  } catch (cause) {
    const { message } = cause as Error;
    throw new UnreachableError(`Cannot judge ${address.url.href}: ${message}`, { cause });
  }
}
