// A connection that comes back: one link after another to the same server, with what was sent in between kept for the
// next one, and what is received as one stream. Runs wherever its `connect` does; imports nothing of Node.
import type { CloseResult, Message, MessageLike } from "@ws/connection";
import type { ClientConnection } from "../client-connection.ts";
import { assertCloseArguments } from "../close-arguments.ts";
import { Emitter } from "../emitter.ts";
import { MessageFeed } from "../message-feed.ts";
import { MAX_TIMER_MS } from "../number-option.ts";
import { reportUncaught } from "../report.ts";
import { Attempt } from "./attempt.ts";
import { backoffMs } from "./backoff.ts";
import { Link } from "./link.ts";
import { watchNetwork } from "./network-hints.ts";
import { OutgoingQueue, type SendReceipt } from "./outgoing-queue.ts";
import {
  type ReconnectingOptions,
  type ResolvedReconnectingOptions,
  resolveReconnectingOptions,
} from "./reconnecting-options.ts";
import type { ReconnectingEvents, ReconnectingState, StateChange } from "./reconnecting-events.ts";
import { type ConnectionEnd, retryAfterMs } from "./retry-policy.ts";

/**
 * A client that connects again whenever its connection breaks, until it is closed or there is no point.
 *
 * It keeps a Node process alive from its beginning to its end, also while it waits.
 *
 * @example
 * ```ts
 * const client = new ReconnectingConnection({ connect, url: "wss://example.org/chat" });
 * client.on("statechange", ({ state }) => console.log(state));
 * client.on("message", (data) => console.log(data));
 * const { status, settled } = await client.send("hello");
 * ```
 */
export class ReconnectingConnection<Options extends object = object>
  extends Emitter<ReconnectingEvents>
  implements AsyncDisposable
{
  /** Resolves when the client has ended, and never rejects. Without a connection at its end the code is 1006. */
  readonly closed: Promise<CloseResult>;

  readonly #target: ReconnectingOptions<Options>;
  readonly #options: ResolvedReconnectingOptions;
  readonly #queue: OutgoingQueue;
  readonly #feed: MessageFeed = new MessageFeed((message) => this.emit("message", message));
  readonly #resolveClosed: (result: CloseResult) => void;
  readonly #release: () => void;

  #state: ReconnectingState = "connecting";
  /** Attempts since the last connection that lasted. */
  #attempts = 0;
  #attempt: Attempt<Options> | undefined;
  #link: Link | undefined;
  /** Resolves when all messages of the links so far have been taken. */
  #received: Promise<void> = Promise.resolve();
  #retryTimer: ReturnType<typeof setTimeout> | undefined;
  /** The server asked for this wait: only the application may cut it short. */
  #isWaitAsked = false;

  /**
   * Begins to connect once the current call is over, so that listeners can be added first.
   *
   * @throws TypeError or RangeError for options that make no sense
   */
  constructor(options: ReconnectingOptions<Options>) {
    super();
    this.#target = options;
    this.#options = resolveReconnectingOptions(options);
    this.#queue = new OutgoingQueue(this.#options);
    let resolveClosed!: (result: CloseResult) => void;
    this.closed = new Promise((resolve) => (resolveClosed = resolve));
    this.#resolveClosed = resolveClosed;

    const { signal } = options;
    const onAbort = (): void => void this.close();
    const unwatch = watchNetwork({
      onBack: () => {
        if (this.#state === "waiting" && !this.#isWaitAsked) this.#connect();
        else this.#link?.ask();
      },
      onLost: () => this.#link?.ask(),
    });
    signal?.addEventListener("abort", onAbort);
    this.#release = () => {
      unwatch();
      signal?.removeEventListener("abort", onAbort);
    };
    queueMicrotask(() => {
      if (signal?.aborted === true) void this.close();
      else if (this.#state !== "closed") this.#connect();
    });
  }

  /** `"waiting"` for the next attempt, or `"closed"` for good. */
  get state(): ReconnectingState {
    return this.#state;
  }

  /** The connection that is open now, for what only it knows: `protocol`, `extensions`. */
  get connection(): ClientConnection | undefined {
    return this.#link?.connection;
  }

  /** Bytes that wait for a connection, and that the open one has not brought to its transport. */
  get bufferedAmount(): number {
    return this.#queue.queuedBytes + (this.#link?.connection.bufferedAmount ?? 0);
  }

  /** Messages that wait for a connection, or for the open one to have room. */
  get queuedMessages(): number {
    return this.#queue.queuedMessages;
  }

  /**
   * Sends a message: a string as text, bytes as binary. Order is kept.
   *
   * @returns what became of it, as soon as that is known: `"delivered"` once its bytes reached the transport, `"queued"`
   * at once where there is no connection or it is backed up, `"dropped"` where the queue is full or the connection broke;
   * and what becomes of a queued one in the end. Never rejects. Delivered bytes may still be lost with the network: only
   * an answer of the server's shows that they arrived
   * @throws TypeError for data of any other type
   */
  send(data: MessageLike): Promise<SendReceipt> {
    return this.#queue.send(data);
  }

  /** Begins the next attempt now, if one is waited for, even where the server asked to be left alone. */
  reconnectNow(): void {
    if (this.#state === "waiting") this.#connect();
  }

  /**
   * Ends the client: no further attempt, what is queued is dropped, the open connection closes.
   *
   * @param code 1000 or 3000–4999
   * @param reason up to 123 bytes of UTF-8
   * @returns how the last connection ended; it does not reject
   * @throws RangeError for a code or reason that must not be sent
   */
  close(code = 1000, reason = ""): Promise<CloseResult> {
    assertCloseArguments(code, reason);
    if (this.#state === "closed") return this.closed;
    const link = this.#link;
    this.#shutDown();
    if (link === undefined) this.#finish({ code: 1006, reason: "", wasClean: false });
    else void link.connection.close(code, reason);
    return this.closed;
  }

  override on<Name extends keyof ReconnectingEvents>(
    name: Name,
    listener: (...args: ReconnectingEvents[Name]) => void,
  ): this {
    super.on(name, listener);
    if (name === "message") this.#feed.deliverSoon();
    return this;
  }

  override once<Name extends keyof ReconnectingEvents>(
    name: Name,
    listener: (...args: ReconnectingEvents[Name]) => void,
  ): this {
    super.once(name, listener);
    if (name === "message") this.#feed.deliverSoon();
    return this;
  }

  /**
   * The messages of all connections, pulled one by one; ends when the client has ended. Who pulls slowly slows the server
   * down, in Node.
   *
   * @throws Error while a `message` listener takes the messages
   */
  [Symbol.asyncIterator](): AsyncIterableIterator<Message> {
    if (this.listenerCount("message") > 0) {
      throw new Error("Cannot iterate over the messages: a message listener takes them");
    }
    return this.#feed.iterate();
  }

  /** Closes the client and waits for its end. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  // Attempts

  #connect(): void {
    clearTimeout(this.#retryTimer);
    this.#attempts++;
    const attempt = new Attempt(this.#target, this.#options.attemptTimeoutMs);
    this.#attempt = attempt;
    this.#change({ state: "connecting", attempt: this.#attempts });
    void this.#await(attempt);
  }

  async #await(attempt: Attempt<Options>): Promise<void> {
    const outcome = await attempt.outcome;
    const isWanted = this.#attempt === attempt;
    if (isWanted) this.#attempt = undefined;
    if ("type" in outcome) {
      if (isWanted) this.#retry(outcome);
    } else if (isWanted) this.#open(outcome);
    // The client was closed in the moment between its opening and our hearing of it.
    else outcome.terminate();
  }

  #retry(end: ConnectionEnd): void {
    const { maxAttempts, maxRetryAfterMs, random } = this.#options;
    const isLast = maxAttempts > 0 && this.#attempts >= maxAttempts;
    const goesOn = !isLast && this.#shouldRetry(end);
    // The application may have been asked, and have closed the client instead.
    if (this.#state === "closed") return;
    if (!goesOn) return this.#giveUp(end);
    const askedMs = Math.min(retryAfterMs(end), maxRetryAfterMs);
    // Behind what the server asks for, so that its clients do not all come at that moment.
    const jitterMs = backoffMs(Math.max(this.#attempts, 1), this.#options, random());
    const delayMs = Math.min(askedMs + jitterMs, MAX_TIMER_MS);
    this.#isWaitAsked = askedMs > 0;
    this.#retryTimer = setTimeout(() => this.#connect(), delayMs);
    this.#change({ state: "waiting", attempt: this.#attempts + 1, delayMs, end });
  }

  #shouldRetry(end: ConnectionEnd): boolean {
    try {
      return this.#options.shouldRetry(end);
    } catch (error) {
      reportUncaught(error);
      return false;
    }
  }

  // The link

  #open(connection: ClientConnection): void {
    const { heartbeat } = this.#options;
    const link = new Link(connection, { feed: this.#feed, heartbeat, previous: this.#received });
    this.#link = link;
    this.#received = link.received;
    void connection.closed.then((result) => this.#onLinkEnd(link, result));
    this.#queue.attach(connection);
    this.#change({ state: "open", attempt: this.#attempts, connection });
  }

  #onLinkEnd(link: Link, result: CloseResult): void {
    link.stop();
    this.#link = undefined;
    this.#queue.detach();
    if (this.#state === "closed") return this.#finish(result);
    if (link.uptimeMs >= this.#options.minUptimeMs) this.#attempts = 0;
    this.#retry({ type: "closed", result });
  }

  // The end

  #giveUp(end: ConnectionEnd): void {
    this.#shutDown(end);
    const failure = { code: 1006, reason: "", wasClean: false };
    if (end.type === "closed") this.#finish(end.result);
    else this.#finish(end.error instanceof Error ? { ...failure, error: end.error } : failure);
  }

  #shutDown(end?: ConnectionEnd): void {
    clearTimeout(this.#retryTimer);
    this.#attempt?.cancel(new Error("Cannot connect: the client was closed"));
    this.#attempt = undefined;
    this.#release();
    this.#queue.close();
    this.#change(end === undefined ? { state: "closed" } : { state: "closed", end });
  }

  #finish(result: CloseResult): void {
    this.#resolveClosed(result);
    this.emit("close", result);
    void this.#received.then(() => this.#feed.end());
  }

  #change(change: StateChange): void {
    this.#state = change.state;
    this.emit("statechange", change);
  }
}
