// The other way round: the cases for clients, played against one that comes to us.
import { casesToPlay, counting, type JudgeOptions } from "./judge-options.ts";
import type { RunReport } from "./report/run-report.ts";
import { ClientListener } from "./suite/client-listener.ts";

/** Where a client finds the cases. */
export interface ListenOptions extends JudgeOptions {
  /** Default: 0, any that is free. */
  readonly port?: number | undefined;
  /** Default: `"127.0.0.1"`. */
  readonly host?: string | undefined;
  /** Certificate and key, as PEM: listens with TLS. Default: without. */
  readonly tls?: { readonly cert: string; readonly key: string } | undefined;
  /** With `tls`: plays the cases over HTTP/2 (RFC 8441); the list stays with HTTP/1.1, on the same port. Default: `false`. */
  readonly http2?: boolean | undefined;
}

/** Cases that wait for a client. */
export interface ClientTrial {
  /** Where the list of cases is; see the README for what a client does with it. */
  readonly url: string;
  /** Resolves when the client has said that it is done. */
  readonly finished: Promise<void>;
  /** Waits for what is under way and stops listening. A client that never came for a case has failed it, where it had to. */
  close(): Promise<RunReport>;
}

/**
 * Listens for a client that connects to the URL of each case, and sends back what it is sent.
 *
 * @throws TypeError (rejects) for HTTP/2 without TLS
 * @throws RangeError (rejects) where no case is chosen
 * @throws Error (rejects) where it cannot listen, with the `code` that the system has for it
 *
 * @example
 * ```ts
 * const trial = await listenForClient({ form: "short" });
 * runMyClient(trial.url);
 * await trial.finished;
 * console.log(textReport(await trial.close()));
 * ```
 */
export async function listenForClient(options: ListenOptions = {}): Promise<ClientTrial> {
  const { port, host, tls, http2 = false, deadlineMs } = options;
  const cases = casesToPlay("client", options, http2);
  const onResult = counting(options.onResult, cases.length);
  const listener = new ClientListener(cases, { port, host, tls, http2, deadlineMs, onResult });
  const url = await listener.listen();
  const started = performance.now();
  return {
    url,
    finished: listener.finished,
    async close() {
      const results = await listener.close();
      const durationMs = performance.now() - started;
      return { target: "the client", role: "client", setting: "", results, durationMs };
    },
  };
}
