// One attempt to be connected: the URL, the options, the connection, within one deadline. Owns what an attempt given up
// still brings: a connection that comes too late is closed at once.
import { abortable } from "../abortable.ts";
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
      // What they do may end the client, which has to know of this attempt by then.
      await Promise.resolve();
      signal.throwIfAborted();
      const resolved = Promise.all([
        call(() => (typeof url === "function" ? url() : url)),
        call(() => (typeof options === "function" ? options() : options)),
      ]);
      const [to, how] = await abortable(resolved, signal);
      during = "connecting";
      const connecting = connect(to, { ...(how as Options), signal });
      connecting.then(
        (connection) => signal.aborted && connection.terminate(),
        () => {},
      );
      return await abortable(connecting, signal);
    } catch (error) {
      return { type: "failed", during, error };
    }
  }
}

/** Makes what a function throws a rejection. */
async function call<Value>(resolve: () => Value | Promise<Value>): Promise<Value> {
  return resolve();
}
