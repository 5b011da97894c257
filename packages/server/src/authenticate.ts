// Asks the application who a client is, before the handshake is answered: how it says yes and no, how long it may take,
// and what becomes of a client that goes away or talks meanwhile. Knows no limits and no HTTP.
import type { IncomingMessage } from "node:http";
import type { ConnectionOptions } from "@ws/connection";
import { type HeaderInput, reject, type Rejected } from "@ws/handshake";
import { EarlyBytes } from "./early-bytes.ts";
import type { HandshakeInfo } from "./handshake-info.ts";
import type { IncomingHandshake } from "./incoming-handshake.ts";
import { type Refusal, refusal } from "./refusal.ts";

/** A yes: what the application knows of the client, and what it wants for its connection. */
export interface Authenticated<Context> {
  /** Handed to the `connection` event as `info.context`. */
  readonly context: Context;
  /** More headers for the response. Default: none. */
  readonly headers?: HeaderInput;
  /** What this connection may cost, where that differs from the server's limits. */
  readonly limits?: ConnectionOptions;
}

/** What {@link Authenticate} is told besides the request. */
export interface AuthenticateInfo<Path extends string = string> extends HandshakeInfo<Path> {
  /** Aborted when the answer is not wanted any more: the client has gone, time is up, the server shuts down. */
  readonly signal: AbortSignal;
}

/** Looks at a request that is a valid handshake from an allowed origin; `reject(401, "…")` refuses it. */
export type Authenticate<Context, Path extends string = string> = (
  request: IncomingMessage,
  info: AuthenticateInfo<Path>,
) => Authenticated<Context> | Rejected | Promise<Authenticated<Context> | Rejected>;

/** How an authentication ended. */
export type AuthenticationOutcome<Context> =
  /** With what the client sent meanwhile. */
  | { readonly kind: "yes"; readonly yes: Authenticated<Context>; readonly early: Uint8Array }
  | { readonly kind: "no"; readonly refusal: Refusal }
  /** The application failed. */
  | { readonly kind: "failed"; readonly error: unknown }
  /** Nobody is there any more to be told. */
  | { readonly kind: "gone" };

export class Authentication<Context> {
  /** Never rejects. */
  readonly outcome: Promise<AuthenticationOutcome<Context>>;
  #resolve: ((outcome: AuthenticationOutcome<Context>) => void) | undefined;
  readonly #abort = new AbortController();
  readonly #early: EarlyBytes;

  /**
   * @param timeLeftMs until the handshake must be done
   * @param release called once: the application is done with it, or has had its time. Not when the client goes away:
   * as long as the application works on it, the handshake counts.
   */
  constructor(
    incoming: IncomingHandshake,
    ask: (signal: AbortSignal) => ReturnType<Authenticate<Context>>,
    timeLeftMs: number,
    release: () => void,
  ) {
    this.outcome = new Promise((resolve) => (this.#resolve = resolve));
    this.#early = new EarlyBytes(incoming.duplex, incoming.rest, () => this.#end({ kind: "gone" }));
    let hasRung = false;
    const deadline = setTimeout(() => {
      hasRung = true;
      release();
      this.refuse(refusal(503, "HANDSHAKE_TIMEOUT", "The handshake took too long"));
    }, timeLeftMs);
    // What keeps a process alive is the client's socket, not an application that answers nobody any more.
    deadline.unref();
    void this.#settle(ask, () => {
      clearTimeout(deadline);
      if (!hasRung) release();
    });
  }

  async #settle(
    ask: (signal: AbortSignal) => ReturnType<Authenticate<Context>>,
    done: () => void,
  ): Promise<void> {
    const answer = await answerOf(ask, this.#abort.signal);
    done();
    this.#end(answer);
  }

  /** Says no in place of the application. */
  refuse(reason: Refusal): void {
    this.#end({ kind: "no", refusal: reason });
  }

  #end(answer: Answer<Context> | { readonly kind: "gone" }): void {
    if (this.#resolve === undefined) return;
    const early = this.#early.take();
    this.#resolve(answer.kind === "yes" ? { ...answer, early } : answer);
    this.#resolve = undefined;
    if (answer.kind !== "yes") this.#abort.abort();
  }
}

type Answer<Context> =
  | { readonly kind: "yes"; readonly yes: Authenticated<Context> }
  | Extract<AuthenticationOutcome<Context>, { readonly kind: "no" | "failed" }>;

async function answerOf<Context>(
  ask: (signal: AbortSignal) => ReturnType<Authenticate<Context>>,
  signal: AbortSignal,
): Promise<Answer<Context>> {
  try {
    const answer: unknown = await ask(signal);
    // Checked here, where it can still become a 500: it may not be what reject() returned.
    if (isRejected(answer)) {
      const { status, message, headers } = answer;
      return { kind: "no", refusal: reject(status, message, headers) };
    }
    // An object that happens to be truthy, such as a row of a database, is not a yes.
    if (isAuthenticated<Context>(answer)) return { kind: "yes", yes: answer };
    throw new TypeError("Cannot authenticate: the answer is neither { context } nor what reject() returns");
  } catch (error) {
    return { kind: "failed", error };
  }
}

function isRejected(answer: unknown): answer is Rejected {
  if (typeof answer !== "object" || answer === null || !("accepted" in answer)) return false;
  return answer.accepted === false && "message" in answer && typeof answer.message === "string";
}

function isAuthenticated<Context>(answer: unknown): answer is Authenticated<Context> {
  return typeof answer === "object" && answer !== null && "context" in answer;
}
