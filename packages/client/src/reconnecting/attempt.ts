// One attempt to be connected: the URL, the options, the connection, within one deadline. Owns what an attempt given up
// still brings: a connection that comes too late is closed at once.
import type { ClientConnection } from "../client-connection.ts";
import type { ReconnectingOptions } from "./reconnecting-options.ts";
import type { ConnectionEnd } from "./retry-policy.ts";

type Failure = Extract<ConnectionEnd, { type: "failed" }>;
type Target<Options extends object> = Pick<ReconnectingOptions<Options>, "connect" | "url" | "options">;

export class Attempt<Options extends object> {
  /** The connection, or why there is none; never rejects. */
  readonly outcome: Promise<ClientConnection | Failure>;
  readonly #controller = new AbortController();
  readonly #timer: ReturnType<typeof setTimeout>;

  constructor(target: Target<Options>, timeoutMs: number) {
    this.#timer = setTimeout(() => {
      this.cancel(new Error(`Cannot connect: the attempt took more than ${timeoutMs} ms`));
    }, timeoutMs);
    this.outcome = this.#run(target).finally(() => clearTimeout(this.#timer));
  }

  cancel(reason: Error): void {
    clearTimeout(this.#timer);
    this.#controller.abort(reason);
  }

  async #run({ connect, url, options }: Target<Options>): Promise<ClientConnection | Failure> {
    const { signal } = this.#controller;
    let during: "resolving" | "connecting" = "resolving";
    try {
      const resolved = Promise.all([
        typeof url === "function" ? url() : url,
        typeof options === "function" ? options() : options,
      ]);
      const [to, how] = await orAborted(resolved, signal);
      during = "connecting";
      const connecting = connect(to, { ...(how as Options), signal });
      connecting.then(
        (connection) => signal.aborted && connection.terminate(),
        () => {},
      );
      return await orAborted(connecting, signal);
    } catch (error) {
      return { type: "failed", during, error };
    }
  }
}

/** What the promise brings, or a rejection with the signal's reason, whichever comes first. */
function orAborted<Value>(promise: Promise<Value>, signal: AbortSignal): Promise<Value> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(signal.reason);
    if (signal.aborted) onAbort();
    signal.addEventListener("abort", onAbort);
    promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", onAbort));
  });
}
