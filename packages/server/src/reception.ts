// What happens to one handshake between its request and its connection: may it come in, is it valid, who is it, yes.
// The same for every transport. Knows no ports and no servers, and forgets a connection as soon as it has made it.
import type { IncomingMessage } from "node:http";
import { Connection, resolveConnectionOptions, type ResolvedConnectionOptions } from "@ws/connection";
import type { Agreement } from "@ws/deflate";
import type { Accepted, RequestHead } from "@ws/handshake";
import { addressKey } from "./address.ts";
import { Admission } from "./admission.ts";
import { type Authenticate, type Authenticated, Authentication } from "./authenticate.ts";
import { connectionInit } from "./connection-init.ts";
import { authenticateInfo, connectionInfo, HandshakeFacts } from "./handshake-facts.ts";
import type { ConnectionInfo } from "./handshake-info.ts";
import { HandshakeJournal } from "./handshake-journal.ts";
import { HandshakePolicy, withHeaders } from "./handshake-policy.ts";
import type { IncomingHandshake } from "./incoming-handshake.ts";
import { type Refusal, refusal } from "./refusal.ts";
import { addressOf, type ClientAddress, type RemoteAddress, resolveRemoteAddress } from "./remote-address.ts";
import { toRequestHead } from "./request-head.ts";
import { type MatchPath, resolvePath, targetPath } from "./request-path.ts";
import { resolveServerLimits, type ResolvedServerLimits, type ServerLimits } from "./server-limits.ts";
import { resolveOwnLimits } from "./server-option-names.ts";
import type { WebSocketServerOptions } from "./server-options.ts";
import { shareReadBuffer } from "./shared-read-buffer.ts";

/** Gets a connection that was made. */
export type Deliver<Context, Path extends string> = (
  connection: Connection,
  request: IncomingMessage,
  info: ConnectionInfo<Context, Path>,
) => void;

/** Hears when a function among the options threw; the client has been told 500. */
export type OnFailure = (error: unknown, request: IncomingMessage) => void;

/** What is the same for all handshakes, and for as long as the server runs. */
export interface ReceptionLimits {
  readonly handshakeTimeoutMs: number;
  readonly maxStreamsPerSession: number;
}

/** A handshake that may go on. */
interface Visit<Path extends string> {
  readonly incoming: IncomingHandshake;
  readonly facts: HandshakeFacts<Path>;
  readonly accepted: Accepted<Agreement>;
}

export class Reception<Context, Path extends string> {
  readonly journal: HandshakeJournal = new HandshakeJournal();
  readonly #handshakeTimeoutMs: number;
  readonly #matchPath: MatchPath;
  readonly #remoteAddress: RemoteAddress;
  readonly #policy: HandshakePolicy;
  readonly #authenticate: Authenticate<Context, Path> | undefined;
  readonly #admission: Admission;
  /** As they were given: a default may depend on another limit. */
  #givenLimits: ServerLimits;
  #limits: ResolvedServerLimits;
  /** Those of them that a connection has, as one object for all connections. */
  #connectionLimits: ResolvedConnectionOptions;
  readonly #pending = new Set<Authentication<Context>>();
  readonly #onFailure: OnFailure;
  readonly #sharesReadBuffer: boolean;
  #isClosing = false;

  /** @throws TypeError or RangeError for options that make no sense */
  constructor(
    options: WebSocketServerOptions<Context, Path>,
    { handshakeTimeoutMs, maxStreamsPerSession }: ReceptionLimits,
    onFailure: OnFailure,
  ) {
    const { authenticate } = options;
    if (authenticate !== undefined && typeof authenticate !== "function") {
      throw new TypeError("Cannot authenticate: authenticate must be a function");
    }
    this.#handshakeTimeoutMs = handshakeTimeoutMs;
    this.#onFailure = onFailure;
    this.#sharesReadBuffer = options.experimentalSharedReadBuffer ?? false;
    this.#matchPath = resolvePath(options.path);
    this.#remoteAddress = resolveRemoteAddress(options);
    this.#policy = new HandshakePolicy(options);
    this.#authenticate = authenticate;
    this.#givenLimits = options;
    this.#limits = resolveServerLimits(options);
    this.#connectionLimits = resolveConnectionOptions("server", options);
    this.#admission = new Admission(this.#limits, {
      maxPendingPerSession: maxStreamsPerSession,
      // What proxies said of a connection cannot be asked later.
      countsAlways: options.trustedProxies !== undefined,
    });
  }

  /** Whose request that is, as limits by address count it. */
  addressOf(request: IncomingMessage): string | undefined {
    const address = this.#remoteAddress(request.socket, toRequestHead(request).headers)();
    return address === undefined ? undefined : addressKey(address);
  }

  get limits(): ResolvedServerLimits {
    return this.#limits;
  }

  /**
   * @param connections those that exist
   * @throws TypeError or RangeError for a limit that makes no sense; then nothing has changed
   */
  setLimits(changes: ServerLimits, connections: Iterable<Connection>): void {
    // One that is undefined is not given, and must not become its default, which may be no limit.
    const given = Object.entries(changes).filter(([, value]) => value !== undefined);
    const limits: ServerLimits = { ...this.#givenLimits, ...Object.fromEntries(given) };
    this.#limits = resolveServerLimits(limits);
    this.#connectionLimits = resolveConnectionOptions("server", limits);
    this.#givenLimits = limits;
    this.#admission.setLimits(this.#limits, connections);
  }

  /** Handshakes in `authenticate`. */
  get pending(): number {
    return this.#admission.pending;
  }

  /** Whether a server with this path is asked. */
  wants({ target }: RequestHead): boolean {
    try {
      return this.#matchPath(targetPath(target)) !== undefined;
    } catch {
      // It is asked again when the handshake is judged, where what it throws is reported.
      return true;
    }
  }

  /** A connection that was made here has ended. */
  left(connection: Connection): void {
    this.#admission.leave(connection);
  }

  /** Says 503 to who is in `authenticate` and who still comes. */
  close(): void {
    this.#isClosing = true;
    for (const authentication of this.#pending) authentication.refuse(shuttingDown());
  }

  /**
   * Answers a handshake: now, or when `authenticate` has.
   *
   * @param onFailureNow hears of what is thrown before this returns
   */
  receive(
    incoming: IncomingHandshake,
    deliver: Deliver<Context, Path>,
    onFailureNow: OnFailure = this.#onFailure,
  ): void {
    if (incoming.isOver) return;
    const visit = this.#judge(incoming, onFailureNow);
    if (visit === undefined) return;
    if (this.#authenticate === undefined) {
      // Without a function to make one, the type of the context is undefined.
      this.#admit(visit, { context: undefined as Context }, incoming.rest, deliver);
    } else {
      this.#ask(visit, this.#authenticate, deliver).catch((error: unknown) => {
        // A listener of the application threw, as it might have in an event of the socket.
        process.nextTick(() => {
          throw error;
        });
      });
    }
  }

  #judge(incoming: IncomingHandshake, onFailure: OnFailure): Visit<Path> | undefined {
    const { head } = incoming;
    let address = addressOf(incoming.peer);
    let answer: Accepted<Agreement> | Refusal;
    try {
      address = this.#remoteAddress(incoming.peer, head.headers);
      const path = targetPath(head.target);
      const params = this.#matchPath(path);
      // Not that nobody is there: of several that share a port and end together the first to be gone leaves its path to the others.
      if (this.#isClosing) answer = shuttingDown();
      else if (params === undefined) answer = noSuchPath();
      else answer = this.#answer(head, address, incoming.session);
      if (answer.accepted && params !== undefined) {
        const facts = new HandshakeFacts<Path>(head, path, params, address);
        return { incoming, facts, accepted: answer };
      }
    } catch (error) {
      this.#refuse(incoming, serverError(), address, error);
      onFailure(error, incoming.request);
      return undefined;
    }
    if (!answer.accepted) this.#refuse(incoming, answer, address);
    return undefined;
  }

  /** The cheap questions first. */
  #answer(
    head: RequestHead,
    address: ClientAddress,
    session: object | undefined,
  ): Accepted<Agreement> | Refusal {
    const refused = this.#admission.refuseRate(address) ?? this.#admission.refuseConnection(address);
    if (refused !== undefined) return refused;
    const answer = this.#policy.accept(head);
    if (!answer.accepted || this.#authenticate === undefined) return answer;
    return this.#admission.refusePending(session) ?? answer;
  }

  async #ask(
    visit: Visit<Path>,
    authenticate: Authenticate<Context, Path>,
    deliver: Deliver<Context, Path>,
  ): Promise<void> {
    const { incoming, facts } = visit;
    const timeLeftMs = incoming.startedAt + this.#handshakeTimeoutMs - performance.now();
    const authentication = new Authentication<Context>(
      incoming,
      (signal) => authenticate(incoming.request, authenticateInfo(facts, signal)),
      Math.max(1, timeLeftMs),
      this.#admission.begin(incoming.session),
    );
    this.#pending.add(authentication);
    const outcome = await authentication.outcome;
    this.#pending.delete(authentication);

    if (incoming.isOver || outcome.kind === "gone") {
      this.journal.abandoned();
      incoming.duplex.destroy();
    } else if (outcome.kind === "no") {
      this.#refuse(incoming, outcome.refusal, facts.address);
    } else if (outcome.kind === "failed") {
      this.#fail(visit, outcome.error);
    } else {
      this.#admitAuthenticated(visit, outcome.yes, outcome.early, deliver);
    }
  }

  /** While the application was asked, the last place may have been taken, or the server begun to close. */
  #admitAuthenticated(
    visit: Visit<Path>,
    yes: Authenticated<Context>,
    head: Uint8Array,
    deliver: Deliver<Context, Path>,
  ): void {
    const { address } = visit.facts;
    const refused = this.#isClosing ? shuttingDown() : this.#admission.refuseConnection(address);
    if (refused !== undefined) return this.#refuse(visit.incoming, refused, address);
    return this.#admit(visit, yes, head, deliver);
  }

  /** Says yes, and makes the connection. */
  #admit(
    visit: Visit<Path>,
    { context, headers, limits }: Authenticated<Context>,
    head: Uint8Array,
    deliver: Deliver<Context, Path>,
  ): void {
    const { incoming, facts } = visit;
    const { request, duplex } = incoming;
    let connection: Connection;
    let accepted: Accepted<Agreement>;
    try {
      accepted = headers === undefined ? visit.accepted : withHeaders(visit.accepted, headers);
      const ownLimits = resolveOwnLimits(limits, this.#connectionLimits);
      const compression = this.#policy.compression(accepted);
      incoming.open(accepted);
      if (this.#sharesReadBuffer) shareReadBuffer(duplex);
      connection = new Connection(duplex, connectionInit(ownLimits, accepted, compression, head));
    } catch (error) {
      return this.#fail(visit, error);
    }
    incoming.release();
    this.journal.accepted(request, accepted, facts.address, connection);
    this.#admission.enter(connection, facts.address);
    return deliver(connection, request, connectionInfo(facts, context));
  }

  #fail({ incoming, facts }: Visit<Path>, error: unknown): void {
    this.#refuse(incoming, serverError(), facts.address, error);
    this.#onFailure(error, incoming.request);
  }

  #refuse(incoming: IncomingHandshake, reason: Refusal, address: ClientAddress, error?: unknown): void {
    incoming.refuse(reason);
    this.journal.rejected(reason, incoming.request, address, error);
  }
}

function noSuchPath(): Refusal {
  return refusal(404, "NO_SUCH_PATH", "There is no WebSocket at this path");
}

function shuttingDown(): Refusal {
  return refusal(503, "SHUTTING_DOWN", "The server is shutting down");
}

function serverError(): Refusal {
  return refusal(500, "SERVER_ERROR", "The server failed");
}
